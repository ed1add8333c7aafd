// Operators across assets: identifier, canonical name, operands (-k: k or more), axis, kind.
#pragma once

#define WORKBENCH_SECTION_TABLE(X) \
  X(rank, "rank", 1, section, section) \
  X(zscore, "zscore", 1, section, section) \
  X(demean, "demean", 1, section, section) \
  X(scale, "scale", 1, section, section) \
  X(indneutralize, "indneutralize", 2, section, section) \
  X(weighted_demean, "weighted_demean", 2, section, section) \
  X(weighted_zscore, "weighted_zscore", 2, section, section) \
  X(longshort_scale, "longshort_scale", 1, section, section) \
  X(normalize, "normalize", 1, section, section) \
  X(l2_normalize, "l2_normalize", 1, section, section) \
  X(winsorize_quantile, "winsorize_quantile", 1, section, section) \
  X(winsorize_mad, "winsorize_mad", 1, section, section) \
  X(winsorize_sigma, "winsorize_sigma", 1, section, section) \
  X(gauss_rank, "gauss_rank", 1, section, section) \
  X(csrank_qlib, "csrank_qlib", 1, section, section) \
  X(bucket, "bucket", 1, section, section) \
  X(top, "top", 1, section, section) \
  X(bottom, "bottom", 1, section, section) \
  X(group_neutralize, "group_neutralize", 3, section, section) \
  X(group_rank, "group_rank", 2, section, section) \
  X(group_zscore, "group_zscore", 2, section, section) \
  X(group_scale, "group_scale", 2, section, section) \
  X(group_sum, "group_sum", 2, section, section) \
  X(group_mean, "group_mean", 2, section, section) \
  X(group_median, "group_median", 2, section, section) \
  X(group_max, "group_max", 2, section, section) \
  X(group_min, "group_min", 2, section, section) \
  X(group_count, "group_count", 2, section, section) \
  X(group_std, "group_std", 2, section, section) \
  X(group_backfill, "group_backfill", 2, section, section) \
  X(group_cartesian, "group_cartesian", 2, section, section) \
  X(vector_neut, "vector_neut", 2, section, section) \
  X(regression_neut, "regression_neut", -2, section, section) \
  X(weighted_regression_neut, "weighted_regression_neut", -3, section, section) \
  X(cs_regression, "cs_regression", -2, section, section) \
  X(cs_corr, "cs_corr", 2, section, section)
