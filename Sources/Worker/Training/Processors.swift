import CAffinity

/// The processors that processes of this machine may run on.
enum Processors {
    /// The words in a processor set: room for 65,536 processors, far more than any kernel supports.
    private static let words = 1_024

    /// The processors that this process may run on, ascending; empty if the system does not say.
    static var allowed: [Int] {
        var bits = [UInt](repeating: 0, count: words)
        let bytes = UInt(words * MemoryLayout<UInt>.size)
        guard affinity_read(0, bytes, &bits) > 0 else { return [] }
        return bits.indices.flatMap { word in
            (0..<UInt.bitWidth).filter { bits[word] & (1 << UInt($0)) != 0 }.map {
                word * UInt.bitWidth + $0
            }
        }
    }

    /// Restricts a process, and all that it starts from now on, to these processors; empty for no change.
    ///
    /// It is no error if the process is gone or the system cannot do this: the process then runs on any processor, at
    /// worst in the way of others.
    static func confine(_ process: Int32, to processors: [Int]) {
        guard !processors.isEmpty else { return }
        var bits = [UInt](repeating: 0, count: words)
        for number in processors where number < words * UInt.bitWidth {
            bits[number / UInt.bitWidth] |= 1 << UInt(number % UInt.bitWidth)
        }
        _ = affinity_write(process, UInt(words * MemoryLayout<UInt>.size), bits)
    }
}
