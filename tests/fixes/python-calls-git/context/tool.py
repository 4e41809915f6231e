import subprocess


def run():
    subprocess.run(["git", "--version"], check=True)
