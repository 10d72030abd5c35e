"""Writes sobol.txt: points of SciPy's Sobol' sequence, unscrambled. Made with SciPy 1.17.1; run in this directory.

Each line: the number of dimensions, the index of a point, and its coordinates times 2^30, which are whole numbers.
Of many dimensions the first and the last four are written.
"""

from scipy.stats import qmc

INDICES = [0, 1, 2, 3, 4, 5, 6, 7, 30, 31, 32, 1000, 4095]

with open("sobol.txt", "w") as out:
    for dimensions in [1, 2, 3, 5, 8, 21, 64, 256]:
        points = qmc.Sobol(dimensions, scramble=False).random(4096)
        for index in INDICES:
            point = points[index]
            shown = point if dimensions <= 8 else [*point[:4], *point[-4:]]
            print(dimensions, index, *(int(coordinate * 2**30) for coordinate in shown), file=out)
