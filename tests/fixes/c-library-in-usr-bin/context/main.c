#include <sqlite3.h>

int main(void) { return sqlite3_libversion()[0] == '3' ? 0 : 1; }
