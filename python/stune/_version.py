"""The version of stune, its only source: the executables read this file when they are built."""

__version__ = "0.1.0"
