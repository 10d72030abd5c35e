import Clusters
import Testing

/// The words of a job's command, from the text that Slurm keeps of it.
struct BatchCommandTests {
    static let cases: [(recorded: String, own: [String], words: [String])] = [
        ("/s/controller.sbatch study.yaml", ["study.yaml"], ["/s/controller.sbatch", "study.yaml"]),
        (
            "/s/a b.sbatch my study.yaml --dir x y", ["my study.yaml", "--dir", "x y"],
            ["/s/a b.sbatch", "my study.yaml", "--dir", "x y"]
        ),
        // A script of the user's own, that calls stune with other arguments.
        ("/s/mine.sh 3 4", ["study.yaml"], ["/s/mine.sh", "3", "4"]),
        ("/s/a b.sbatch 3", ["study.yaml"], ["/s/a b.sbatch", "3"]),
        ("/s/a b.sbatch", ["study.yaml"], ["/s/a b.sbatch"]),
        ("/s/mine.sh", [], ["/s/mine.sh"]),
        ("/gone/run.sh x", ["study.yaml"], ["/gone/run.sh", "x"]),
        ("", ["study.yaml"], [""]),
    ]

    @Test(arguments: cases)
    func `own arguments tell where the words end, else the files do`(
        recorded: String, own: [String], words: [String]
    ) {
        let files: Set<String> = ["/s/controller.sbatch", "/s/a b.sbatch", "/s/mine.sh"]
        #expect(BatchCommand.words(of: recorded, own: own) { files.contains($0) } == words)
    }
}
