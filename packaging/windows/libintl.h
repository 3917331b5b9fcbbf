// SPDX-License-Identifier: GPL-2.0-or-later
// libintl.h: what GLib calls of gettext's library. Messages stay in English, so that nothing of gettext is needed.
#ifndef LIBINTL_H
#define LIBINTL_H

#ifdef __cplusplus // Meson looks for it with the C++ compiler
extern "C" {
#endif

char *gettext(const char *text);
char *dgettext(const char *domain, const char *text);
char *dcgettext(const char *domain, const char *text, int category);
char *ngettext(const char *one, const char *many, unsigned long count);
char *dngettext(const char *domain, const char *one, const char *many, unsigned long count);
char *textdomain(const char *domain);
char *bindtextdomain(const char *domain, const char *folder);
char *bind_textdomain_codeset(const char *domain, const char *codeset);

#ifdef __cplusplus
}
#endif

#endif
