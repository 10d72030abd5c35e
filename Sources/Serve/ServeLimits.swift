/// What a client may take of the server.
enum ServeLimits {
    /// The most bytes that a request may have; browsers send about one thousand.
    static let requestBytes = 16_384
    /// How many seconds a client has to send its request.
    static let requestSeconds = 10
    /// How many seconds a client may take for each part of an answer.
    static let answerSeconds = 30
    /// How many connections are served at once; the next ones wait.
    static let connections = 32
}
