import Clusters
import Testing

/// The words of a job's command, from Slurm's record and from the script's own process.
struct BatchCommandTests {
    private static let files: Set<String> = ["/s/controller.sbatch", "/s/a b.sbatch", "/s/mine.sh"]

    static let recorded: [(recorded: String, own: [String], words: [String])] = [
        ("/s/controller.sbatch study.yaml", ["study.yaml"], ["/s/controller.sbatch", "study.yaml"]),
        (
            "/s/a b.sbatch my study.yaml --dir x y", ["my study.yaml", "--dir", "x y"],
            ["/s/a b.sbatch", "my study.yaml", "--dir", "x y"]
        ),
        // The user's own script, which calls stune with other arguments.
        ("/s/mine.sh 3 4", ["study.yaml"], ["/s/mine.sh", "3", "4"]),
        ("/s/a b.sbatch 3", ["study.yaml"], ["/s/a b.sbatch", "3"]),
        ("/s/a b.sbatch", ["study.yaml"], ["/s/a b.sbatch"]),
        ("/s/mine.sh", [], ["/s/mine.sh"]),
        ("/gone/run.sh x", ["study.yaml"], ["/gone/run.sh", "x"]),
        ("", ["study.yaml"], [""]),
    ]

    @Test(arguments: recorded)
    func `where Slurm records arguments, own arguments tell where the words end, else the files do`(
        recorded: String, own: [String], words: [String]
    ) {
        #expect(
            BatchCommand.words(
                of: recorded, script: nil, own: own, keepsArguments: true, isFile: Self.files.contains)
                == words)
    }

    static let unrecorded: [(recorded: String, script: [String]?, own: [String], words: [String])] = [
        ("/s/controller.sbatch", ["study.yaml"], ["study.yaml"], ["/s/controller.sbatch", "study.yaml"]),
        ("/s/a b.sbatch", ["my study.yaml", ""], ["x"], ["/s/a b.sbatch", "my study.yaml", ""]),
        // The script takes no arguments, and calls stune with some.
        ("/s/mine.sh", [], ["study.yaml", "--dir", "x"], ["/s/mine.sh"]),
        // The script was replaced by stune: only its arguments are known.
        ("/s/controller.sbatch", nil, ["study.yaml"], ["/s/controller.sbatch", "study.yaml"]),
        ("/s/a b.sbatch", nil, ["my study.yaml"], ["/s/a b.sbatch", "my study.yaml"]),
        ("/s/mine.sh", nil, [], ["/s/mine.sh"]),
        // An older slurmctld may still have them in its record.
        ("/s/mine.sh 3 4", ["3 4"], ["study.yaml"], ["/s/mine.sh", "3 4"]),
        ("/s/mine.sh 3 4", nil, ["study.yaml"], ["/s/mine.sh", "3", "4"]),
    ]

    @Test(arguments: unrecorded)
    func `where Slurm records the path alone, the script's own process tells its arguments`(
        recorded: String, script: [String]?, own: [String], words: [String]
    ) {
        #expect(
            BatchCommand.words(
                of: recorded, script: script, own: own, keepsArguments: false,
                isFile: Self.files.contains) == words)
    }

    @Test(arguments: [
        (
            "/bin/bash\0/var/spool/slurmd/job00017/slurm_script\0study.yaml\0--dir\0a b\0",
            ["study.yaml", "--dir", "a b"]
        ),
        ("/bin/sh\0-e\0/spool/n1/job00001/slurm_script\0", []),
        ("bash\0/spool/slurm_script\0\0x\0\0", ["", "x", ""]),
        ("python3\0/spool/slurm_script\0/other/slurm_script\0", ["/other/slurm_script"]),
        ("/opt/bin/stune\0run\0study.yaml\0", nil), ("", nil), ("bash\0my_slurm_script\0x\0", nil),
    ]) func `the arguments of a script are those behind its copy`(commandLine: String, arguments: [String]?)
    {
        #expect(BatchCommand.arguments(ofScript: Array(commandLine.utf8)) == arguments)
    }
}
