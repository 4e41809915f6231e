import pathlib

names = [
    "/app/models/model.safetensors",
    "/opt/models/model.safetensors",
    "/root/.cache/huggingface/hub/models--me--m/blobs/abc",
]
assert len({pathlib.Path(name).read_bytes() for name in names}) == 1
assert pathlib.Path("/srv/data.bin").read_bytes() == pathlib.Path("/app/data.bin").read_bytes()
assert pathlib.Path("/opt/models/config.json").read_text() == "{}\n"
