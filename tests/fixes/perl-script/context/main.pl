use JSON;
print encode_json({ ok => 1 });
