import os
from dotenv import load_dotenv

load_dotenv()
assert os.environ["GREETING"] == "hello"
print("ok")
