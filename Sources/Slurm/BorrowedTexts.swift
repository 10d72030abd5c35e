#if Slurm
    /// C copies of strings, freed together after the call that borrows them.
    struct BorrowedTexts {
        private var copies: [UnsafeMutablePointer<CChar>] = []
        private var lists: [UnsafeMutablePointer<UnsafePointer<CChar>>] = []

        /// A copy that ends with 0.
        mutating func borrow(_ text: String) -> UnsafeMutablePointer<CChar> {
            let bytes = text.utf8CString
            let copy = UnsafeMutablePointer<CChar>.allocate(capacity: bytes.count)
            for (offset, byte) in bytes.enumerated() { copy[offset] = byte }
            copies.append(copy)
            return copy
        }

        /// A copy of an optional string.
        mutating func borrow(_ text: String?) -> UnsafePointer<CChar>? {
            guard let text else { return nil }
            let copy: UnsafeMutablePointer<CChar> = borrow(text)
            return UnsafePointer(copy)
        }

        /// Copies of strings in an array, and their number.
        mutating func borrow(_ texts: [String]) -> (UnsafePointer<UnsafePointer<CChar>>, UInt32) {
            let list = UnsafeMutablePointer<UnsafePointer<CChar>>.allocate(capacity: max(1, texts.count))
            for (offset, text) in texts.enumerated() {
                (list + offset).initialize(to: UnsafePointer(borrow(text)))
            }
            lists.append(list)
            return (UnsafePointer(list), UInt32(texts.count))
        }

        /// Frees all copies.
        func free() {
            for copy in copies { copy.deallocate() }
            for list in lists { list.deallocate() }
        }
    }
#endif
