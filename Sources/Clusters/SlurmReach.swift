#if Slurm
    import Slurm
#endif

/// How this build reaches Slurm, shown to people.
package struct SlurmReach: Hashable, Sendable {
    /// The libslurm in use; `nil` if none can be used.
    package var library: String?
    /// Its version, such as 2205 for 22.05; 0 if there is none.
    package var version = 0
    /// Why none can be used, and what to do; `nil` if one can, or if the build has no Slurm.
    package var trouble: String?
    /// Whether the build supports Slurm.
    package var isBuiltIn = false

    /// Looks for libslurm; reads no slurm.conf.
    package init() {
        #if Slurm
            isBuiltIn = true
            library = SlurmConnection.library
            if library == nil {
                trouble = SlurmConnection.missing
            } else {
                version = Int(SlurmConnection.version)
            }
        #endif
    }
}
