// SPDX-License-Identifier: GPL-2.0-or-later
#include "libintl.h"

#include <stddef.h>

char *dcgettext(const char *domain, const char *text, int category)
{
    (void)domain;
    (void)category;
    return (char *)text; // the type is gettext's; callers do not write to it
}

char *gettext(const char *text)
{
    return dcgettext(NULL, text, 0);
}

char *dgettext(const char *domain, const char *text)
{
    return dcgettext(domain, text, 0);
}

char *dngettext(const char *domain, const char *one, const char *many, unsigned long count)
{
    return dgettext(domain, count == 1 ? one : many);
}

char *ngettext(const char *one, const char *many, unsigned long count)
{
    return dngettext(NULL, one, many, count);
}

char *textdomain(const char *domain)
{
    return (char *)domain;
}

char *bindtextdomain(const char *domain, const char *folder)
{
    (void)domain;
    return (char *)folder;
}

char *bind_textdomain_codeset(const char *domain, const char *codeset)
{
    (void)domain;
    return (char *)codeset;
}
