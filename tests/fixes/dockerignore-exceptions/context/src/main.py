import pathlib

assert pathlib.Path("fixtures/data.bin").stat().st_size
assert not pathlib.Path("README").exists()
