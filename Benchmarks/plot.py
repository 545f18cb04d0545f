"""SVG drawings of what the benchmarks measured; Python's standard library alone."""

from math import ceil, log10

WIDTH, HEIGHT, LEFT, TOP, BOTTOM = 760, 360, 80, 46, 56
COLOURS = ["#1b6ca8", "#c4572e", "#3d8b55", "#7a4fa3", "#8a6d1f"]


class Drawing:
    def __init__(self, title, across, up):
        self.parts = [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" font-size="12">',
            f'<title>{title}</title><rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>',
            f'<text x="{LEFT}" y="22" font-size="15">{title}</text>',
            f'<text x="{(LEFT + WIDTH) / 2:.0f}" y="{HEIGHT - 8}" text-anchor="middle">{across}</text>',
            f'<text transform="translate(16 {HEIGHT / 2:.0f}) rotate(-90)" text-anchor="middle">{up}</text>',
        ]

    def frame(self, xs, ys):
        """`xs` and `ys` are (position from 0 to 1, label)."""
        for at, label in xs:
            x = self.x(at)
            self.parts.append(f'<line x1="{x:.1f}" y1="{TOP}" x2="{x:.1f}" y2="{HEIGHT - BOTTOM}" stroke="#e4e4e4"/>')
            self.parts.append(f'<text x="{x:.1f}" y="{HEIGHT - BOTTOM + 16}" text-anchor="middle">{label}</text>')
        for at, label in ys:
            y = self.y(at)
            self.parts.append(f'<line x1="{LEFT}" y1="{y:.1f}" x2="{WIDTH - 20}" y2="{y:.1f}" stroke="#e4e4e4"/>')
            self.parts.append(f'<text x="{LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{label}</text>')

    def x(self, at):
        return LEFT + at * (WIDTH - 20 - LEFT)

    def y(self, at):
        return HEIGHT - BOTTOM - at * (HEIGHT - BOTTOM - TOP)

    def line(self, points, name, index, dashed=False):
        colour = COLOURS[index % len(COLOURS)]
        path = " ".join(f"{self.x(x):.1f},{self.y(y):.1f}" for x, y in points)
        style = ' stroke-dasharray="5 4"' if dashed else ""
        self.parts.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"{style}/>')
        self.legend(name, index)

    def legend(self, name, index):
        colour, y = COLOURS[index % len(COLOURS)], TOP + 14 + 17 * index
        self.parts.append(f'<rect x="{WIDTH - 250}" y="{y - 9}" width="12" height="10" fill="{colour}"/>')
        self.parts.append(f'<text x="{WIDTH - 232}" y="{y}">{name}</text>')

    def bar(self, at, width, height, index):
        colour = COLOURS[index % len(COLOURS)]
        x, y = self.x(at), self.y(min(height, 1))
        self.parts.append(
            f'<rect x="{x:.1f}" y="{y:.1f}" width="{width * (WIDTH - 20 - LEFT):.1f}" height="{HEIGHT - BOTTOM - y:.1f}" '
            f'fill="{colour}"/>')

    def save(self, file):
        file.write_text("\n".join([*self.parts, "</svg>"]) + "\n")


def decades(low, high):
    """Marks of a logarithmic axis."""
    first, last = int(log10(low)), ceil(log10(high))
    span = max(last - first, 1)
    return first, span, [((power - first) / span, f"{10 ** power:g}") for power in range(first, last + 1)]


def distributions(file, phases):
    """How many of the mails took at most how long: lag solid, sending dashed."""
    every = [max(value * 1000, 1) for row in phases.values() for key in ("lags", "sends") for value in row[key]]
    first, span, marks = decades(1, max(every, default=10))
    drawing = Drawing("Contracts whose servers work, while others fail", "ms, at most (lag solid, sending dashed)", "part of the mails")
    drawing.frame(marks, [(part / 4, f"{part * 25} %") for part in range(5)])
    for index, (name, row) in enumerate(phases.items()):
        for key, dashed in (("lags", False), ("sends", True)):
            values = row[key]
            step = max(len(values) // 400, 1)
            points = [
                ((log10(max(value * 1000, 1)) - first) / span, (place + 1) / len(values))
                for place, value in list(enumerate(values))[::step]]
            if points:
                drawing.line(points, name, index, dashed)
    drawing.save(file)


def costs(file, title, across, up, rows, logarithmic=True):
    """A line a name: {name: [(x, y)]}."""
    points = [point for row in rows.values() for point in row]
    first, span, marks = decades(max(min(x for x, _ in points), 1), max(x for x, _ in points))
    top = max(y for _, y in points) * 1.1 or 1
    drawing = Drawing(title, across, up)
    drawing.frame(marks, [(part / 4, f"{top * part / 4:.3g}") for part in range(5)])
    for index, (name, row) in enumerate(rows.items()):
        drawing.line([((log10(x) - first) / span, y / top) for x, y in row], name, index)
    drawing.save(file)


def ratios(file, title, rows):
    """Bars of ratios with their bars: [(name, ratio, bar)]."""
    drawing = Drawing(title, "", "wall time, as part of the peer's")
    drawing.frame([((index + 0.5) / len(rows), name) for index, (name, _, _) in enumerate(rows)],
                  [(part / 4, f"{part / 4:g}") for part in range(5)])
    for index, (_, ratio, bar) in enumerate(rows):
        drawing.bar((index + 0.3) / len(rows), 0.4 / len(rows), ratio, 0)
        drawing.line([((index + 0.2) / len(rows), bar), ((index + 0.8) / len(rows), bar)], "bar to hold", 1)
    drawing.legend("Malote", 0)
    drawing.save(file)
