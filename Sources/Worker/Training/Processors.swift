import CAffinity

/// The processors that processes of this machine may run on.
enum Processors {
    /// The words of a set of processors: 65,536 of them, far above what any kernel is built for.
    private static let words = 1_024

    /// Those that this process may run on, ascending; none where the system does not say.
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

    /// Has a process run on these processors only, with whatever it starts from now on; none: as it is.
    ///
    /// One that is gone already, or that the system does not confine, is no error: it runs as well, at worst in the
    /// way of others.
    static func confine(_ process: Int32, to processors: [Int]) {
        guard !processors.isEmpty else { return }
        var bits = [UInt](repeating: 0, count: words)
        for number in processors where number < words * UInt.bitWidth {
            bits[number / UInt.bitWidth] |= 1 << UInt(number % UInt.bitWidth)
        }
        _ = affinity_write(process, UInt(words * MemoryLayout<UInt>.size), bits)
    }
}
