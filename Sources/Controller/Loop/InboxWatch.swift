import Spool

/// Wakes the controller when a letter arrives, if the kernel can tell: on a file system of this node, where all letters
/// are written. Otherwise there is no watch, and the inbox is listed from time to time.
struct InboxWatch {
    private let bell: Bell
    private let watch: FileWatch

    /// Rings a bell, which others may ring, too.
    ///
    /// `nil` if other machines may write to the inbox's file system, or the kernel refuses.
    init?(_ inbox: Inbox, bell: Bell) {
        guard inbox.directories.allSatisfy(FileWatch.seesAll),
            let watch = FileWatch(ringing: bell, once: true),
            inbox.directories.allSatisfy({ watch.watch(arrivalsIn: $0) != nil })
        else { return nil }
        self.bell = bell
        self.watch = watch
    }

    /// Waits until a letter has come since the last wait, at most this long. Letters outside of waits do not interrupt.
    func wait(atMost limit: Duration) async {
        watch.listen()
        await bell.wait(atMost: limit)
    }
}
