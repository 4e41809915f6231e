gem "psych", "5.1.2"
require "psych"
puts Psych.dump("ok")
