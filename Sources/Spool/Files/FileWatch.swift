import Dispatch
import Synchronization

#if canImport(Glibc)
    import Glibc
#endif

/// Rings a bell when files change, if the kernel can tell. It sees only writes on this node.
package final class FileWatch: @unchecked Sendable {
    // Unchecked because an event source may be used from any thread but does not declare it.
    private let descriptor: Int32
    private let source: any DispatchSourceRead
    /// Whether it has rung, and ignores changes since then.
    private let isDeaf = Mutex(false)

    /// One watched change.
    package struct Watched {
        fileprivate let number: Int32
    }

    #if canImport(Glibc)
        /// A watch without files; `nil` if the kernel refuses.
        ///
        /// - Parameter once: after ringing, it stays silent until `listen` is called, which rings at once if anything
        ///   has changed meanwhile. With many changes, this saves a wake-up for each.
        package init?(ringing bell: Bell, once: Bool = false) {
            let descriptor = inotify_init1(Int32(IN_NONBLOCK | IN_CLOEXEC))
            guard descriptor >= 0 else { return nil }
            self.descriptor = descriptor
            source = DispatchSource.makeReadSource(
                fileDescriptor: descriptor, queue: DispatchQueue(label: "stune.files"))
            source.setEventHandler { [weak self] in
                // The events themselves are not read: the waiting code looks at the files.
                withUnsafeTemporaryAllocation(byteCount: 1 << 14, alignment: 8) { buffer in
                    while read(descriptor, buffer.baseAddress, buffer.count) > 0 {}
                }
                if once { self?.fallSilent() }
                bell.ring()
            }
            source.setCancelHandler { close(descriptor) }
            source.activate()
        }

        private func fallSilent() {
            isDeaf.withLock { isDeaf in
                if !isDeaf { source.suspend() }
                isDeaf = true
            }
        }

        /// Rings again from now on, and at once if something has changed since it rang.
        package func listen() {
            isDeaf.withLock { isDeaf in
                if isDeaf { source.resume() }
                isDeaf = false
            }
        }

        /// From now on, rings when a file arrives in a directory.
        ///
        /// - Returns: `nil` if the kernel refuses.
        package func watch(arrivalsIn directory: String) -> Watched? {
            add(directory, IN_MOVED_TO | IN_CREATE)
        }

        /// From now on, rings when a file is written to.
        ///
        /// - Returns: `nil` if the kernel refuses.
        package func watch(writesTo path: String) -> Watched? { add(path, IN_MODIFY) }

        private func add(_ path: String, _ events: Int32) -> Watched? {
            let number = inotify_add_watch(descriptor, path, UInt32(events) | UInt32(IN_DONT_FOLLOW))
            return number < 0 ? nil : Watched(number: number)
        }

        /// Watches this no longer.
        package func forget(_ watched: Watched) {
            // This fails if the file is gone, and then the watch is gone, too.
            _ = inotify_rm_watch(descriptor, watched.number)
        }

        /// Whether only this node writes to the directory's file system, according to the kernel's list of mounts.
        package static func seesAll(in directory: String) -> Bool {
            // When in doubt, return false, as for a network filesystem.
            guard let device = try? Files.system.status(directory)?.identity.device,
                let mounts = try? Files.system.read("/proc/self/mountinfo", limit: 1 << 20)
            else { return false }
            let major = (device >> 8) & 0xFFF | (device >> 32) & ~0xFFF
            let minor = device & 0xFF | (device >> 12) & ~0xFF
            let types = String(decoding: mounts, as: UTF8.self).split(separator: "\n").compactMap {
                type(ofMount: $0, device: "\(major):\(minor)")
            }
            return !types.isEmpty && localTypes.isSuperset(of: types)
        }

        /// proc(5): the third field is the device; the type follows the field that is a hyphen.
        private static func type(ofMount line: Substring, device: String) -> Substring? {
            let fields = line.split(separator: " ")
            guard fields.count > 3, fields[2] == device, let hyphen = fields.firstIndex(of: "-") else {
                return nil
            }
            return fields.dropFirst(hyphen + 1).first
        }

        private static let localTypes: Set<Substring> = [
            "btrfs", "ext2", "ext3", "ext4", "f2fs", "overlay", "tmpfs", "xfs", "zfs",
        ]
    #else
        /// This system has no file watch.
        package init?(ringing bell: Bell, once: Bool = false) { return nil }
        /// See above.
        package func listen() {}
        /// See above.
        package func watch(arrivalsIn directory: String) -> Watched? { nil }
        /// See above.
        package func watch(writesTo path: String) -> Watched? { nil }
        /// See above.
        package func forget(_ watched: Watched) {}
        /// See above.
        package static func seesAll(in directory: String) -> Bool { false }
    #endif

    deinit {
        source.cancel()
        // A suspended source must not be released.
        if isDeaf.withLock({ $0 }) { source.resume() }
    }
}
