-- Lmod: `module use PREFIX/share/modulefiles`, then `module load stune`.
local prefix = myFileName():gsub("/share/modulefiles/stune/[^/]*$", "")

whatis("stune: tune hyperparameters on a Slurm cluster, without a cluster inside the cluster")
conflict("stune")

prepend_path("PATH", pathJoin(prefix, "bin"))
prepend_path("MANPATH", pathJoin(prefix, "share/man"))
-- the Python client, for whatever Python runs the training
prepend_path("PYTHONPATH", pathJoin(prefix, "share/stune/python"))
