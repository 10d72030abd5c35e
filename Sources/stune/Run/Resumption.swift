/// The command that resumes a study.
enum Resumption {
    /// The command line, ready to paste.
    static func command(studyFile: String, directory: String, cluster: String) -> String {
        Shell.line(["stune", "run", studyFile, "--dir", directory, "--cluster", cluster])
    }
}
