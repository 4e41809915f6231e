extern char big[];

int main(void) { return big[0] - 1; }
