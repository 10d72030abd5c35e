/// Finds the site's libslurm, for a build that links none.
#ifndef STUNE_CSLURM_SEARCH_H
#define STUNE_CSLURM_SEARCH_H

/// The result of a search.
typedef struct stune_slurm_found {
    /// As dlopen returned it; NULL if none was found.
    void *library;
    /// The library's file; or, if none was found, why and what to do. Both live as long as the process.
    const char *path, *trouble;
} stune_slurm_found;

/// Opens the site's libslurm: the one that STUNE_LIBSLURM names, else the one beside `sbatch` on PATH, else the
/// loader's, else one from the usual places. In each place it takes the newest that the table of layouts knows.
stune_slurm_found stune_slurm_search(void);

#endif
