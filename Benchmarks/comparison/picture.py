# SPDX-License-Identifier: GPL-3.0-or-later
"""Small charts as SVG: medians with quartiles at several places, in panels side by side, and staircases."""
import html
import math

WIDTH, HEIGHT, LEFT, TOP, GAP = 330, 240, 60, 46, 70
COLORS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9")
DODGE = 9


def chart(title, unit, panels, names, places):
    """The text of the chart.

    `panels` has for each panel its title and a mapping from (name, place) to a spread: `lower`, `median` and `upper`,
    each None where it is infinite.
    """
    width = LEFT + len(panels) * (WIDTH + GAP)
    height = TOP + HEIGHT + 60 + 20 * len(names)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" font-family="sans-serif" '
        f'font-size="13">',
        f'<rect width="{width}" height="{height}" fill="white"/>',
        _text(LEFT, 20, title, size=15),
    ]
    for number, (name, spreads) in enumerate(panels):
        parts += _panel(LEFT + number * (WIDTH + GAP), name, unit, spreads, names, places)
    for number, name in enumerate(names):
        y = TOP + HEIGHT + 60 + 20 * number
        parts.append(_line(LEFT, y, LEFT + 30, y, COLORS[number], 2))
        parts.append(_text(LEFT + 38, y + 4, name))
    return "\n".join([*parts, "</svg>"]) + "\n"


def staircases(title, unit, measure, lines):
    """The text of a chart of staircases on a logarithmic axis.

    `lines` has for each name its stairs: from where, to where, and a value above 0.
    """
    stairs = [stair for line in lines.values() for stair in line]
    first, last = min(stair[0] for stair in stairs), max(stair[1] for stair in stairs)
    low = 10 ** math.floor(math.log10(min(stair[2] for stair in stairs)))
    high = 10 ** math.ceil(math.log10(max(stair[2] for stair in stairs) * 1.001))
    width, right = 2 * WIDTH + LEFT + 20, LEFT + 2 * WIDTH
    height = TOP + HEIGHT + 60 + 20 * len(lines)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" font-family="sans-serif" '
        f'font-size="13">',
        f'<rect width="{width}" height="{height}" fill="white"/>',
        _text(LEFT, 20, title, size=15),
        _text(LEFT, TOP - 6, measure),
    ]

    def x(place):
        return LEFT + (right - LEFT) * (place - first) / (last - first)

    def y(value):
        return TOP + HEIGHT * math.log(high / value) / math.log(high / low)

    step = _step((last - first) / 10)
    for tick in range(int((last - first) / step) + 1):
        parts.append(_text(x(first + tick * step), TOP + HEIGHT + 18, f"{first + tick * step:g}", anchor="middle"))
    decades = round(math.log10(high / low))
    for value in [low * 10**power * factor for power in range(decades) for factor in (1, 2, 5)] + [high]:
        parts.append(_line(LEFT, y(value), right, y(value), "#dddddd", 1))
        parts.append(_text(LEFT - 6, y(value) + 4, f"{value:.6g}", anchor="end"))
    for number, (name, line) in enumerate(lines.items()):
        points = [f"{x(place):.1f},{y(value):.1f}" for begin, end, value in line for place in (begin, end)]
        parts.append(f'<polyline points="{" ".join(points)}" fill="none" stroke="{COLORS[number]}" stroke-width="2"/>')
        below = TOP + HEIGHT + 60 + 20 * number
        parts.append(_line(LEFT, below, LEFT + 30, below, COLORS[number], 2))
        parts.append(_text(LEFT + 38, below + 4, name))
    parts.append(_text((LEFT + right) / 2, TOP + HEIGHT + 38, unit, anchor="middle"))
    return "\n".join([*parts, "</svg>"]) + "\n"


def _panel(left, title, unit, spreads, names, places):
    numbers = [value for spread in spreads.values() for value in spread.values() if value is not None]
    step = _step(max(numbers, default=1) / 5)
    top = step * math.ceil(max(numbers, default=1) / step)
    parts = [_text(left, TOP - 6, title)]

    def y(value):
        return TOP + HEIGHT * (1 - min(top, top if value is None else value) / top)

    for tick in range(round(top / step) + 1):
        parts.append(_line(left, y(tick * step), left + WIDTH, y(tick * step), "#dddddd", 1))
        parts.append(_text(left - 6, y(tick * step) + 4, f"{tick * step:g}", anchor="end"))
    for number, place in enumerate(places):
        parts.append(_text(left + WIDTH * (number + 0.5) / len(places), TOP + HEIGHT + 18, place, anchor="middle"))
    for index, name in enumerate(names):
        points = []
        for number, place in enumerate(places):
            spread = spreads[name, place]
            x = left + WIDTH * (number + 0.5) / len(places) + DODGE * (index - (len(names) - 1) / 2)
            parts.append(_line(x, y(spread["lower"]), x, y(spread["upper"]), COLORS[index], 1.5))
            parts.append(f'<circle cx="{x:.1f}" cy="{y(spread["median"]):.1f}" r="3.5" fill="{COLORS[index]}"/>')
            points.append(f"{x:.1f},{y(spread['median']):.1f}")
        parts.append(f'<polyline points="{" ".join(points)}" fill="none" stroke="{COLORS[index]}" '
                     'stroke-opacity="0.4"/>')
    parts.append(_text(left + WIDTH / 2, TOP + HEIGHT + 38, unit, anchor="middle"))
    return parts


def _step(least):
    """The least of 1, 2, 5, 10, … that is not below."""
    power = 10 ** math.floor(math.log10(least))
    return next(power * factor for factor in (1, 2, 5, 10) if power * factor >= least * 0.999)


def _text(x, y, words, anchor="start", size=13):
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size}">{html.escape(words)}</text>'


def _line(x1, y1, x2, y2, color, width):
    return (f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{color}" '
            f'stroke-width="{width}"/>')
