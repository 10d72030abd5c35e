import Dispatch
import Spool
import Synchronization

#if canImport(Glibc)
    import Glibc
#endif

/// Wakes the controller when a letter arrives, where the kernel can tell: on a file system of this node, whose letters
/// are all written here. Elsewhere there is none, and the inbox is listed from time to time.
final class InboxWatch: @unchecked Sendable {
    // Unchecked: the source is used where it is made and where it ends, the rest is locked.
    private struct State {
        var hasNews = false
        var round = 0
        var waiter: CheckedContinuation<Void, Never>?
    }

    private let state = Mutex(State())
    private let queue = DispatchQueue(label: "stune.inbox")
    private let source: any DispatchSourceRead

    #if canImport(Glibc)
        /// Watches directories; `nil`: they are on a file system that others may write to unseen, or the kernel refuses.
        init?(_ directories: [String]) {
            guard directories.allSatisfy(InboxWatch.isOfThisNode) else { return nil }
            let descriptor = inotify_init1(Int32(IN_NONBLOCK | IN_CLOEXEC))
            guard descriptor >= 0 else { return nil }
            for directory in directories
            where inotify_add_watch(descriptor, directory, UInt32(IN_MOVED_TO | IN_CREATE)) < 0 {
                close(descriptor)
                return nil
            }
            source = DispatchSource.makeReadSource(fileDescriptor: descriptor, queue: queue)
            source.setEventHandler { [weak self] in
                // What came is not looked at: the inbox is listed in any case.
                var buffer = [UInt8](repeating: 0, count: 1 << 16)
                while read(descriptor, &buffer, buffer.count) > 0 {}
                self?.wake(nil)
            }
            source.setCancelHandler { close(descriptor) }
            source.activate()
        }

        /// Whether a directory is on a file system that only this node writes to, as the kernel lists its mounts.
        private static func isOfThisNode(_ directory: String) -> Bool {
            // Where anything is unclear the inbox is listed, as on a network's file system.
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

        /// proc(5): the third field is the device; the type follows a field that is a hyphen.
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
        init?(_ directories: [String]) { return nil }
    #endif

    deinit { source.cancel() }

    /// Waits until a letter has come since the last wait, at most this long.
    func wait(atMost limit: Duration) async {
        await withCheckedContinuation { continuation in
            let round = state.withLock { state -> Int? in
                guard !state.hasNews else {
                    state.hasNews = false
                    return nil
                }
                state.round += 1
                state.waiter = continuation
                return state.round
            }
            guard let round else { return continuation.resume() }
            let end = DispatchTime.now() + limit / .seconds(1)
            queue.asyncAfter(deadline: end) { [weak self] in self?.wake(round) }
        }
    }

    /// A letter has come, or the time of a round is over.
    private func wake(_ round: Int?) {
        let waiter = state.withLock { state -> CheckedContinuation<Void, Never>? in
            guard let waiter = state.waiter, round == nil || round == state.round else {
                if round == nil { state.hasNews = true }
                return nil
            }
            state.waiter = nil
            return waiter
        }
        waiter?.resume()
    }
}
