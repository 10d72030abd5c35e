import Foundation

/// Where the stores of studies that only pretend lie while they run.
package enum StorePlace {
    /// A directory of a process, by default of this one: in memory where there is such a file system. It is not made
    /// here.
    package static func directory(of process: Int32? = nil) -> String {
        let memory = "/dev/shm"
        let root =
            FileManager.default.isWritableFile(atPath: memory)
            ? memory : FileManager.default.temporaryDirectory.path(percentEncoded: false)
        return "\(root)/stune-simulate.\(process ?? ProcessInfo.processInfo.processIdentifier)"
    }
}
