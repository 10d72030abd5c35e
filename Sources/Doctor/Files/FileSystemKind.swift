/// The type of a file system, from the number that statfs(2) gives.
package struct FileSystemKind: Hashable, Sendable {
    /// The name, such as `nfs`; a hexadecimal number if not known.
    package let name: String
    /// Whether several machines see it; `nil` if not known.
    package let isShared: Bool?

    /// The type for a number from statfs(2).
    package init(number: UInt64) {
        if let known = FileSystemKind.known[number & 0xFFFF_FFFF] {
            (name, isShared) = known
        } else {
            (name, isShared) = ("0x\(String(number & 0xFFFF_FFFF, radix: 16))", nil)
        }
    }

    private static let known: [UInt64: (String, Bool?)] = [
        0x6969: ("nfs", true), 0x0BD0_0BD0: ("lustre", true), 0x4750_4653: ("gpfs", true),
        0x1983_0326: ("beegfs", true), 0x00C3_6400: ("cephfs", true), 0xAAD7_AAEA: ("panfs", true),
        0x5346_414F: ("afs", true), 0x6B41_4653: ("afs", true), 0xFF53_4D42: ("cifs", true),
        0xFE53_4D42: ("smb", true), 0x0116_1970: ("gfs2", true), 0x7461_636F: ("ocfs2", true),
        0x2003_0528: ("orangefs", true), 0x6573_5546: ("fuse", nil), 0x0102_1994: ("tmpfs", false),
        0x8584_58F6: ("ramfs", false), 0xEF53: ("ext", false), 0x5846_5342: ("xfs", false),
        0x9123_683E: ("btrfs", false), 0x2FC1_2FC1: ("zfs", false), 0x794C_7630: ("overlay", false),
        0x0102_1997: ("9p", nil), 0x6A65_6A62: ("virtiofs", nil), 0x6573_5543: ("fuse", nil),
        0xF2F5_2010: ("f2fs", false), 0x2011_BAB0: ("exfat", false), 0x4D44: ("fat", false),
    ]
}
