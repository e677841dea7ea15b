"""The categorical features of atoms and bonds in OGB's molecules (Hu et al., 2020): how many values each has."""

# Element, chirality, degree, charge, hydrogens, radical electrons, hybridisation, aromatic, in a ring.
ATOM_SIZES = (119, 5, 12, 12, 10, 6, 6, 2, 2)
# Kind, stereo, conjugated.
BOND_SIZES = (5, 6, 2)
