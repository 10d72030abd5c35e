/// The release that this executable belongs to.
package enum ThisRelease {
    /// The version number, such as `0.1.0`.
    ///
    /// It is written in `python/stune/_version.py`, where Python's packaging tools look for it. The file is embedded
    /// here when the executable is built.
    package static let version = number(in: String(decoding: PackageResources.version_py, as: UTF8.self))

    /// The number in a line such as `__version__ = "0.1.0"`.
    static func number(in text: String) -> String {
        for line in text.split(whereSeparator: \.isNewline) where line.hasPrefix("__version__") {
            let parts = line.split(separator: "\"", omittingEmptySubsequences: false)
            if parts.count == 3 { return String(parts[1]) }
        }
        return "unknown"
    }
}
