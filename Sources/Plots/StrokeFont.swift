/// The letters of pictures without fonts: each a few strokes on a grid, drawn for this project.
///
/// A stroke is a run of points, each the digit of its column (0 to 4) and that of its row (0 to 8): the base line is
/// row 2, small letters end at row 6, large ones at row 8.
enum StrokeFont {
    /// The height of a large letter in rows, and of the whole grid.
    static let capHeight = 6.0
    /// The row of the base line.
    static let baseLine = 2.0
    /// The blank columns between two letters.
    private static let gap = 1.7
    /// The columns of a blank.
    private static let blank = 1.6

    /// The strokes of a text, from column 0 on, and its width in columns.
    static func strokes(_ text: String) -> (strokes: [[(column: Double, row: Double)]], width: Double) {
        var all: [[(column: Double, row: Double)]] = []
        var column = 0.0
        for character in text {
            if character == " " {
                column += blank + gap
                continue
            }
            let strokes = (letters[character] ?? unknown).split(separator: " ").map(points)
            let width = strokes.joined().map(\.column).max() ?? 0
            let least = strokes.joined().map(\.column).min() ?? 0
            all += strokes.map { $0.map { ($0.column - least + column, $0.row) } }
            column += width - least + gap
        }
        return (all, max(0, column - gap))
    }

    private static func points(_ stroke: Substring) -> [(column: Double, row: Double)] {
        let digits = stroke.compactMap(\.wholeNumberValue)
        return stride(from: 0, to: digits.count - 1, by: 2).map {
            (Double(digits[$0]), Double(digits[$0 + 1]))
        }
    }

    /// What stands for a letter that is not here.
    private static let unknown = "0208484202"

    private static let letters: [Character: String] = [
        "0": "120307183847433212", "1": "072822 1232", "2": "07183847460242",
        "3": "071838474635 15354443321203",
        "4": "32380444", "5": "480805354443321203", "6": "3818070312324344351504", "7": "084812",
        "8": "15060718384746351504031232434435", "9": "1232434738180706153546",
        "A": "022842 1434", "B": "02083847463505 3544433202", "C": "4738180703123243",
        "D": "02082846442202",
        "E": "48080242 0535", "F": "480802 0535", "G": "47381807031232434525", "H": "0208 4248 0545",
        "I": "1232 1838 2228", "J": "4843321203", "K": "0208 480542", "L": "080242", "M": "0208254842",
        "N": "02084248", "O": "120307183847433212", "P": "02083847463505",
        "Q": "120307183847433212 2442", "R": "02083847463505 2542", "S": "473818070615354443321203",
        "T": "0848 2822", "U": "080312324348", "V": "082248", "W": "0812263248", "X": "0248 0842",
        "Y": "082548 2522", "Z": "08480242",
        "a": "16364542 441403123243", "b": "08023243453606", "c": "4536160503123243", "d": "48421203051646",
        "e": "04444536160503123243", "f": "38281712 0626", "g": "4641301001 461605031242",
        "h": "0802 06364542", "i": "0206 0808", "j": "161100 1818", "k": "0802 360432", "l": "080312",
        "m": "0206162522 25364542", "n": "0206 06364542", "o": "120305163645433212",
        "p": "00063645433202", "q": "40461605031242", "r": "0206 051636", "s": "461605143443321202",
        "t": "18132232 0636", "u": "06031242 4642", "v": "062246", "w": "0612253246", "x": "0246 0642",
        "y": "062346 2300", "z": "06460242",
        ".": "0202", ",": "1201", ":": "0202 0505", ";": "1201 1515", "-": "0434", "_": "0141",
        "=": "0333 0535",
        "+": "0545 2327", "*": "2428 0547 0745", "/": "0248", "|": "0109", "'": "0708", "\"": "0708 2728",
        "(": "18060412", ")": "08161402", "[": "18080212", "]": "08181202", "<": "460442", ">": "064402",
        "%": "0248 0707 4343", "#": "1218 3238 0444 0646", "&": "42071828 2716030212233445",
        "!": "0408 0202", "?": "07183847462524 2222", "$": "473818070615354443321203 2129",
        "~": "0415263546",
        "@": "4433242536444536160503123242", "{": "29181605141322", "}": "091816251402",
        "^": "062836", "\\": "0842", "`": "0817", "–": "0545", "·": "0505",
    ]
}
