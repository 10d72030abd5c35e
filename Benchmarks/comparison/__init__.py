# SPDX-License-Identifier: GPL-3.0-or-later
"""The comparison of stune with its peers: what `make bench` runs. Start to read in rows.py."""
