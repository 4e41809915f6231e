import rich
rich.print("ok")
