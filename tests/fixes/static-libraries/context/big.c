char big[4000000] = {1};
