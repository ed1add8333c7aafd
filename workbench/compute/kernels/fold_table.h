// Folds along time (fold.h): identifier, canonical name, operands, axis, kind.
#pragma once

#define WORKBENCH_FOLD_TABLE(X)                            \
  X(ts_sum, "ts_sum", 1, window, fold)                     \
  X(ts_mean, "ts_mean", 1, window, fold)                   \
  X(ts_product, "ts_product", 1, window, fold)             \
  X(variance, "variance", 1, window, fold)                 \
  X(stddev, "stddev", 1, window, fold)                     \
  X(ts_zscore, "ts_zscore", 1, window, fold)               \
  X(ts_partial_corr, "ts_partial_corr", 3, window, fold)   \
  X(skew, "skew", 1, window, fold)                         \
  X(kurt, "kurt", 1, window, fold)                         \
  X(ts_moment, "ts_moment", 1, window, fold)               \
  X(ts_min, "ts_min", 1, window, fold)                     \
  X(ts_max, "ts_max", 1, window, fold)                     \
  X(ts_argmax, "ts_argmax", 1, window, fold)               \
  X(ts_argmin, "ts_argmin", 1, window, fold)               \
  X(days_since_max, "days_since_max", 1, window, fold)     \
  X(days_since_min, "days_since_min", 1, window, fold)     \
  X(ts_maxdd, "ts_maxdd", 1, window, fold)                 \
  X(decay_linear, "decay_linear", 1, window, fold)         \
  X(decay_exp, "decay_exp", 1, window, fold)               \
  X(ewm_mean, "ewm_mean", 1, window, fold)                 \
  X(ewm_var, "ewm_var", 1, window, fold)                   \
  X(ewm_cov, "ewm_cov", 2, window, fold)                   \
  X(scan_linear, "scan_linear", 2, window, fold)           \
  X(correlation, "correlation", 2, window, fold)           \
  X(covariance, "covariance", 2, window, fold)             \
  X(ts_regression, "ts_regression", 2, window, fold)       \
  X(ts_slope, "ts_slope", 1, window, fold)                 \
  X(ts_intercept, "ts_intercept", 1, window, fold)         \
  X(ts_resid, "ts_resid", 1, window, fold)                 \
  X(ts_rsquare, "ts_rsquare", 1, window, fold)
