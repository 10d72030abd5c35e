#%Module1.0
# Environment Modules, and Lmod: `module use PREFIX/share/modulefiles`, then `module load stune`.
set prefix [file dirname [file dirname [file dirname [file dirname [file normalize $ModulesCurrentModulefile]]]]]

module-whatis "stune: tune hyperparameters on a Slurm cluster, without a cluster inside the cluster"
conflict stune

prepend-path PATH $prefix/bin
prepend-path MANPATH $prefix/share/man
# the Python client, for whatever Python runs the training
prepend-path PYTHONPATH $prefix/share/stune/python
