#if Slurm
    import Slurm
#endif

/// How this build reaches Slurm, for people who ask.
package struct SlurmReach: Hashable, Sendable {
    /// The libslurm that is used; `nil`: none can be.
    package var library: String?
    /// Its version, as 2205 for 22.05; 0: there is none.
    package var version = 0
    /// Why none can be used, and what to do; `nil`: one can, or the build has no Slurm.
    package var trouble: String?
    /// Whether the build has Slurm.
    package var isBuiltIn = false

    /// Looks for libslurm; no slurm.conf is read.
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
