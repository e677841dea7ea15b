"""The paper's scores beside the replicated ones: tables 1, 3 and S5, and section 3's mean pooling."""
