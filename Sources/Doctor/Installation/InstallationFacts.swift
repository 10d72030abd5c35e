/// What is installed on this machine.
package struct InstallationFacts: Sendable {
    /// The release.
    package var release: String
    /// The directory of the executables.
    package var binaries: String
    /// Its file system.
    package var kind: Answer<FileSystemKind> = .absent
    /// The parts by name, with their paths; `nil` if missing.
    package var parts: [(name: String, path: String?)] = []
    /// This machine's C library, such as `2.36`, and architecture, such as `x86_64`.
    package var glibc = "", architecture = ""
    /// The output of `python3` when it imports the client: the client's version, then its file.
    package var python: Answer<CommandOutput> = .absent
    /// The files of defaults in use, each with its mistakes.
    package var defaults: [(path: String, mistakes: [String])] = []

    /// An installation without further facts.
    package init(release: String, binaries: String) { (self.release, self.binaries) = (release, binaries) }

    /// The program for Python. Its exit code is 3 if there is no client.
    package static let question = """
        import sys
        print(sys.version.split()[0])
        try:
            import stune
        except ImportError as error:
            sys.exit(3)
        print(getattr(stune, "__file__", ""))
        """
}
