/// Amounts of storage as people write them: a whole number followed by a unit. As in Slurm, each unit is 1,024 times
/// the one below, and K, KB and KiB are the same.
package enum ByteSize {
    private static let units = ["K", "M", "G", "T"]

    /// The bytes that a text means; `nil` if it is not a whole number with a unit, or needs more than 64 bits.
    static func bytes(_ text: String) -> Int? {
        let digits = text.prefix { "0"..."9" ~= $0 }
        var unit = text.dropFirst(digits.count).uppercased()
        for suffix in ["IB", "B"] where unit.count > 1 && unit.hasSuffix(suffix) {
            unit.removeLast(suffix.count)
            break
        }
        guard let number = Int(digits), let index = units.firstIndex(of: unit) else { return nil }
        let (product, overflow) = number.multipliedReportingOverflow(by: 1 << (10 * (index + 1)))
        return overflow ? nil : product
    }

    /// Bytes as people read them, such as `20G` or `21.5G`: in the greatest unit that gives at least 1, cut to tenths.
    package static func words(_ bytes: Int) -> String {
        guard let index = units.indices.last(where: { bytes >> (10 * ($0 + 1)) > 0 }) else {
            return "\(bytes) bytes"
        }
        let unit = 1 << (10 * (index + 1))
        let (whole, tenths) = (bytes / unit, bytes % unit * 10 / unit)
        return tenths == 0 ? "\(whole)\(units[index])" : "\(whole).\(tenths)\(units[index])"
    }
}
