/// What is installed here.
package struct InstallationFacts: Sendable {
    /// The release.
    package var release: String
    /// The directory of the executables.
    package var binaries: String
    /// Its file system.
    package var kind: Answer<FileSystemKind> = .absent
    /// The parts by name, and where each is; `nil`: it is not there.
    package var parts: [(name: String, path: String?)] = []
    /// This machine's C library, as `2.36`, and architecture, as `x86_64`.
    package var glibc = "", architecture = ""
    /// What `python3` says when it imports the client: its version, then the client's file.
    package var python: Answer<CommandOutput> = .absent
    /// The files of defaults that are read, each with its mistakes.
    package var defaults: [(path: String, mistakes: [String])] = []

    /// An installation of which nothing else is known.
    package init(release: String, binaries: String) { (self.release, self.binaries) = (release, binaries) }

    /// What Python is asked. Its exit code is 3 where there is no client.
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
