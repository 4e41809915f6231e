import tool

tool.run()
