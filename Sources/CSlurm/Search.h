/// Where the site's libslurm is, for a build that links none.
#ifndef STUNE_CSLURM_SEARCH_H
#define STUNE_CSLURM_SEARCH_H

/// What a search has found.
typedef struct stune_slurm_found {
    /// As dlopen returned it; NULL: there is none.
    void *library;
    /// Its file, and, where there is none, why and what to do. Both live as long as the process.
    const char *path, *trouble;
} stune_slurm_found;

/// Opens the site's libslurm: the one that STUNE_LIBSLURM names, else the one beside `sbatch` on PATH, else the
/// loader's, else one in the places where sites install it. In each place the newest that the table of layouts knows.
stune_slurm_found stune_slurm_search(void);

#endif
