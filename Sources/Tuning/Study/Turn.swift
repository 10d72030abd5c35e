/// One of the assignments of one start of a lane, named without a number from the store: the array's token, the lane's
/// index, how often the cluster had restarted the task, and how many assignments the same start of the lane had before.
public struct Turn: Hashable, Codable, Sendable, CustomStringConvertible {
    /// The array's token.
    public var token: ArrayToken
    /// The index of the task's lane in the array.
    public var index: Int
    /// How often the cluster had restarted the task: 0 for its first start.
    public var epoch: Int
    /// How many assignments the same start of the lane had before this one: 0 for the manifest's.
    public var turn: Int

    /// A turn from its parts.
    public init(token: ArrayToken, index: Int, epoch: Int, turn: Int = 0) {
        self.token = token
        self.index = index
        self.epoch = epoch
        self.turn = turn
    }

    /// The turn of a name in the form of `description`; `nil` for any other text.
    public init?(_ name: String) {
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3 || parts.count == 4, let token = ArrayToken(String(parts[0])) else {
            return nil
        }
        let numbers = parts.dropFirst().compactMap { Int($0) }
        guard numbers.count == parts.count - 1, numbers.allSatisfy({ $0 >= 0 }) else { return nil }
        self.init(
            token: token, index: numbers[0], epoch: numbers[1], turn: numbers.count > 2 ? numbers[2] : 0)
    }

    /// The next turn of the same worker.
    public var next: Turn { Turn(token: token, index: index, epoch: epoch, turn: turn + 1) }

    /// `0123456789abcdef.17.0`, and `0123456789abcdef.17.0.2` for turn 2: fit for a file name.
    public var description: String {
        turn == 0 ? "\(token).\(index).\(epoch)" : "\(token).\(index).\(epoch).\(turn)"
    }
}
