# The workflow stands in workflow/, where the catalogue and importing workflows look for it; `profiles` leads to its
# profiles, so that the default one is found from here too.
include: "workflow/Snakefile"


workflow.default_target = "all"
