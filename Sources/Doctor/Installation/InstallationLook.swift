import CMachine
import Spool

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Looks at this machine and at what is installed on it.
package enum InstallationLook {
    /// Adds the facts that the machine itself provides.
    package static func fill(
        _ given: InstallationFacts, _ commands: CommandLook
    ) async -> InstallationFacts {
        var facts = given
        let binaries = facts.binaries
        facts.kind = await Look.blocking(seconds: commands.seconds) {
            try FileSystemLook.kind(of: binaries)
        }
        facts.python = await commands.run("python3", ["-c", InstallationFacts.question])
        var names = utsname()
        uname(&names)
        facts.architecture = withUnsafeBytes(of: names.machine) { bytes in
            String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
        facts.glibc = String(cString: stune_libc_version())
        return facts
    }
}
