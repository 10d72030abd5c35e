/// The command that goes on with a study.
enum Resumption {
    /// The command line, ready to be pasted.
    static func command(studyFile: String, directory: String, cluster: String) -> String {
        Shell.line(["stune", "run", studyFile, "--dir", directory, "--cluster", cluster])
    }
}
