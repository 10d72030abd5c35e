#if canImport(Glibc)
    import Glibc
#endif

/// The places where Slurm's configuration may be.
struct SlurmPlaces {
    /// Clients' default places: those of packages, of sackd and slurmd on sites that keep the configuration on one
    /// machine, and of builds from source.
    static let usual = [
        "/etc/slurm/slurm.conf", "/run/slurm/conf/slurm.conf", "/etc/slurm-llnl/slurm.conf",
        "/usr/local/etc/slurm.conf", "/usr/local/etc/slurm/slurm.conf", "/opt/slurm/etc/slurm.conf",
    ]

    /// The value of a variable of the environment.
    var variable: (String) -> String? = { name in getenv(name).map { String(cString: $0) } }
    /// Whether a file can be read.
    var isReadable: (String) -> Bool = { access($0, R_OK) == 0 }
    /// Whether a file can be run.
    var isExecutable: (String) -> Bool = { access($0, X_OK) == 0 }

    /// Whether PATH has an sbatch.
    var hasCommands: Bool {
        (variable("PATH") ?? "").split(separator: ":").contains { isExecutable("\($0)/sbatch") }
    }

    /// Whether a slurm.conf exists where SLURM_CONF says, or in a usual place.
    var hasConfiguration: Bool {
        variable("SLURM_CONF").map(isReadable) ?? SlurmPlaces.usual.contains(where: isReadable)
    }

    /// What to do if this machine seems to have no Slurm; `nil` if a slurm.conf is in its place or `sbatch` exists: its
    /// Slurm may have been built with another place, or ask the network.
    var missingConfiguration: String? {
        guard !hasConfiguration else { return nil }
        if let named = variable("SLURM_CONF") {
            return
                "SLURM_CONF is set to '\(named)', which cannot be read; set it to the cluster's slurm.conf, or unset it"
        }
        guard !hasCommands else { return nil }
        return
            "there is no slurm.conf (\(SlurmPlaces.usual[0]) and other usual places) and no sbatch on PATH; set "
            + "SLURM_CONF, or, on a machine without Slurm, say --cluster local"
    }
}
