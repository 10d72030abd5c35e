/// A value that may be missing.
protocol ValueOrNone {
    /// The value for people; `nil`: it is missing.
    var words: String? { get }
}

extension Optional: ValueOrNone {
    /// The value for people; `nil`: it is missing.
    var words: String? { map { "\($0)" } }
}
