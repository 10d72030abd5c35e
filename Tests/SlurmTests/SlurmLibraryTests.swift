#if Slurm
    import Testing

    @testable import Slurm

    /// The libslurm in use, and where Slurm may be.
    struct SlurmLibraryTests {
        #if LinkedSlurm
            @Test func `the table of layouts has the row that this machine's slurm.h gives`() {
                #expect(SlurmConnection.layoutDifference == nil)
            }

            @Test func `the library is the one that was linked`() {
                #expect(SlurmConnection.library?.contains("libslurm.so.") == true)
                #expect(SlurmConnection.version >= 2205)
            }
        #endif

        @Test(
            arguments: [
                (["/etc/slurm/slurm.conf"], nil, [], true), (["/run/slurm/conf/slurm.conf"], nil, [], true),
                (["/opt/slurm/etc/slurm.conf"], nil, [], true), ([], nil, [], false),
                (["/s/slurm.conf"], "/s/slurm.conf", [], true),
                (["/etc/slurm/slurm.conf"], "/s/slurm.conf", [], false),
                ([], nil, ["/sw/slurm/bin/sbatch"], true),
                ([], "/s/slurm.conf", ["/sw/slurm/bin/sbatch"], false),
            ] as [([String], String?, [String], Bool)])
        func `a warning is given where neither a slurm.conf nor sbatch is`(
            readable: [String], named: String?, executable: [String], isSilent: Bool
        ) {
            let variables = ["SLURM_CONF": named, "PATH": "/usr/bin:/sw/slurm/bin"]
            let places = SlurmPlaces(
                variable: { variables[$0] ?? nil }, isReadable: readable.contains,
                isExecutable: executable.contains)
            #expect((places.missingConfiguration == nil) == isSilent)
        }
    }
#endif
