# davy_bpf_skeleton(target flow_kernel SOURCE kernel/flow.bpf.c HEADERS kernel/layout.h ...)
# compiles a program for the kernel and makes its skeleton, <flow_kernel>.skel.h, which `target` can include. Needs
# clang, bpftool and the headers of user space; nothing of the kernel that runs here. The target kernel_programs makes all.
include_guard(GLOBAL)
find_program(DAVYLAMP_BPF_CLANG NAMES clang-19 clang-18 clang-17 clang-16 clang-15 clang-14 clang REQUIRED)
find_program(DAVYLAMP_BPFTOOL NAMES bpftool PATHS /usr/sbin /sbin REQUIRED)

add_custom_target(kernel_programs)

function(davy_bpf_skeleton target name)
  cmake_parse_arguments(ARG "" "SOURCE" "HEADERS" ${ARGN})
  set(folder ${CMAKE_CURRENT_BINARY_DIR}/bpf)
  file(MAKE_DIRECTORY ${folder})
  list(TRANSFORM ARG_HEADERS PREPEND ${CMAKE_CURRENT_SOURCE_DIR}/)
  add_custom_command(
    OUTPUT ${folder}/${name}.skel.h
    COMMAND ${DAVYLAMP_BPF_CLANG} -target bpf -g -O2 -mcpu=v3 -Wall -Wextra -Werror
            -ffile-prefix-map=${CMAKE_SOURCE_DIR}=. -idirafter /usr/include/${CMAKE_LIBRARY_ARCHITECTURE}
            -c ${CMAKE_CURRENT_SOURCE_DIR}/${ARG_SOURCE} -o ${folder}/${name}.bpf.o
    COMMAND ${DAVYLAMP_BPFTOOL} gen skeleton ${folder}/${name}.bpf.o name ${name} > ${folder}/${name}.skel.h.part
    COMMAND ${CMAKE_COMMAND} -E rename ${folder}/${name}.skel.h.part ${folder}/${name}.skel.h
    DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${ARG_SOURCE} ${ARG_HEADERS}
    COMMENT "BPF ${name}" VERBATIM)
  add_custom_target(kernel_program_${name} DEPENDS ${folder}/${name}.skel.h)
  add_dependencies(kernel_programs kernel_program_${name})
  add_dependencies(${target} kernel_program_${name})
  target_sources(${target} PRIVATE ${folder}/${name}.skel.h)
  target_include_directories(${target} SYSTEM PRIVATE ${folder})
endfunction()
