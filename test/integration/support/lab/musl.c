/* A static program with another C library: its resolver reads /etc/resolv.conf in its own way. */
#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

int main(void) {
  struct addrinfo *found, hints = {.ai_socktype = SOCK_STREAM};
  int wrong = getaddrinfo("www.example.test", "9001", &hints, &found);
  if (wrong) return printf("%s\n", gai_strerror(wrong)), 1;
  int fd = socket(found->ai_family, SOCK_STREAM, 0);
  if (connect(fd, found->ai_addr, found->ai_addrlen)) return perror("connect"), 1;
  char text[64] = {0};
  if (read(fd, text, sizeof text - 1) < 0) return perror("read"), 1;
  fputs(text, stdout);
  if (getaddrinfo("evil.test", "80", &hints, &found) == 0) return puts("evil"), 1;
  return 0;
}
