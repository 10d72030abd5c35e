import Spool
import Testing

@testable import Simulated

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The file system in memory keeps the guarantees that the spool needs.
@Suite struct MemoryFilesTests {
    @Test func `what is published is read and listed, and its temporary name is not`() throws {
        let files = MemoryFiles()
        try files.createDirectory("/a/b")
        try files.publish(Array("one".utf8), at: "/a/b/x")
        try files.publish(Array("two".utf8), at: "/a/b/x")
        #expect(try files.read("/a/b/x", limit: 3) == Array("two".utf8))
        #expect(try files.list("/a/b") == ["x"])
        #expect(try files.list("/a") == ["b"])
        #expect(throws: FileError.self) { try files.read("/a/b/x", limit: 2) }
    }

    @Test func `of two who publish exclusively one wins, and link counts are true`() throws {
        let files = MemoryFiles()
        try files.createDirectory("/a")
        #expect(try files.publishExclusively([1], at: "/a/x"))
        #expect(try !files.publishExclusively([2], at: "/a/x"))
        #expect(try files.read("/a/x", limit: 9) == [1])
        #expect(try files.links("/a/x") == 1)
        try files.link("/a/x", to: "/a/y")
        #expect(try files.links("/a/x") == 2)
        try files.unlink("/a/x")
        #expect(try files.links("/a/y") == 1)
        #expect(try files.links("/a/x") == nil)
    }

    @Test func `a tree is removed with all below it`() throws {
        let files = MemoryFiles()
        try files.createDirectory("/a/b/c")
        try files.publish([], at: "/a/b/c/x")
        try files.publish([7], at: "/a/b/y")
        try files.publish([7, 7], at: "/a/b/.hidden")
        #expect(try files.bytes(of: "/a/b") == 3)
        #expect(throws: FileError("remove directory", "/a/b", code: ENOTEMPTY)) {
            try files.removeDirectory("/a/b")
        }
        try files.removeTree("/a/b")
        #expect(try files.status("/a/b") == nil)
        #expect(files.isEmpty("/a"))
    }

    @Test func `what has no directory cannot be made`() {
        let files = MemoryFiles()
        #expect(throws: FileError("create", "/no/x", code: ENOENT)) {
            try files.create("/no/x", [], mode: 0o600)
        }
        #expect(throws: FileError("list", "/no", code: ENOENT)) { try files.list("/no") }
        #expect(throws: FileError("open", "/x", code: ENOENT)) { try files.read("/x", limit: 1) }
    }

    @Test func `who waits for arrivals is told of them`() throws {
        let files = MemoryFiles()
        var arrived: [String] = []
        files.onArrival = { arrived.append($0) }
        try files.createDirectory("/a")
        try files.publish([], at: "/a/x")
        #expect(arrived == ["/a/x"])
    }
}
