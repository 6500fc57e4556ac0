// Written by table.py.
//go:build cuda && cgo && linux && amd64

// The functions are hidden: Go links with -rdynamic, and the driver must not find these.
	.text
	.globl cuArray3DCreate_v2
	.hidden cuArray3DCreate_v2
	.type cuArray3DCreate_v2,@function
cuArray3DCreate_v2:
	jmp *tramp_table+0(%rip)
	.globl cuArray3DGetDescriptor_v2
	.hidden cuArray3DGetDescriptor_v2
	.type cuArray3DGetDescriptor_v2,@function
cuArray3DGetDescriptor_v2:
	jmp *tramp_table+8(%rip)
	.globl cuArrayCreate_v2
	.hidden cuArrayCreate_v2
	.type cuArrayCreate_v2,@function
cuArrayCreate_v2:
	jmp *tramp_table+16(%rip)
	.globl cuArrayDestroy
	.hidden cuArrayDestroy
	.type cuArrayDestroy,@function
cuArrayDestroy:
	jmp *tramp_table+24(%rip)
	.globl cuArrayGetDescriptor_v2
	.hidden cuArrayGetDescriptor_v2
	.type cuArrayGetDescriptor_v2,@function
cuArrayGetDescriptor_v2:
	jmp *tramp_table+32(%rip)
	.globl cuCtxCreate_v2
	.hidden cuCtxCreate_v2
	.type cuCtxCreate_v2,@function
cuCtxCreate_v2:
	jmp *tramp_table+40(%rip)
	.globl cuCtxDestroy_v2
	.hidden cuCtxDestroy_v2
	.type cuCtxDestroy_v2,@function
cuCtxDestroy_v2:
	jmp *tramp_table+48(%rip)
	.globl cuCtxDisablePeerAccess
	.hidden cuCtxDisablePeerAccess
	.type cuCtxDisablePeerAccess,@function
cuCtxDisablePeerAccess:
	jmp *tramp_table+56(%rip)
	.globl cuCtxEnablePeerAccess
	.hidden cuCtxEnablePeerAccess
	.type cuCtxEnablePeerAccess,@function
cuCtxEnablePeerAccess:
	jmp *tramp_table+64(%rip)
	.globl cuCtxGetApiVersion
	.hidden cuCtxGetApiVersion
	.type cuCtxGetApiVersion,@function
cuCtxGetApiVersion:
	jmp *tramp_table+72(%rip)
	.globl cuCtxGetCacheConfig
	.hidden cuCtxGetCacheConfig
	.type cuCtxGetCacheConfig,@function
cuCtxGetCacheConfig:
	jmp *tramp_table+80(%rip)
	.globl cuCtxGetCurrent
	.hidden cuCtxGetCurrent
	.type cuCtxGetCurrent,@function
cuCtxGetCurrent:
	jmp *tramp_table+88(%rip)
	.globl cuCtxGetDevice
	.hidden cuCtxGetDevice
	.type cuCtxGetDevice,@function
cuCtxGetDevice:
	jmp *tramp_table+96(%rip)
	.globl cuCtxGetFlags
	.hidden cuCtxGetFlags
	.type cuCtxGetFlags,@function
cuCtxGetFlags:
	jmp *tramp_table+104(%rip)
	.globl cuCtxGetLimit
	.hidden cuCtxGetLimit
	.type cuCtxGetLimit,@function
cuCtxGetLimit:
	jmp *tramp_table+112(%rip)
	.globl cuCtxGetSharedMemConfig
	.hidden cuCtxGetSharedMemConfig
	.type cuCtxGetSharedMemConfig,@function
cuCtxGetSharedMemConfig:
	jmp *tramp_table+120(%rip)
	.globl cuCtxGetStreamPriorityRange
	.hidden cuCtxGetStreamPriorityRange
	.type cuCtxGetStreamPriorityRange,@function
cuCtxGetStreamPriorityRange:
	jmp *tramp_table+128(%rip)
	.globl cuCtxPopCurrent_v2
	.hidden cuCtxPopCurrent_v2
	.type cuCtxPopCurrent_v2,@function
cuCtxPopCurrent_v2:
	jmp *tramp_table+136(%rip)
	.globl cuCtxPushCurrent_v2
	.hidden cuCtxPushCurrent_v2
	.type cuCtxPushCurrent_v2,@function
cuCtxPushCurrent_v2:
	jmp *tramp_table+144(%rip)
	.globl cuCtxResetPersistingL2Cache
	.hidden cuCtxResetPersistingL2Cache
	.type cuCtxResetPersistingL2Cache,@function
cuCtxResetPersistingL2Cache:
	jmp *tramp_table+152(%rip)
	.globl cuCtxSetCacheConfig
	.hidden cuCtxSetCacheConfig
	.type cuCtxSetCacheConfig,@function
cuCtxSetCacheConfig:
	jmp *tramp_table+160(%rip)
	.globl cuCtxSetCurrent
	.hidden cuCtxSetCurrent
	.type cuCtxSetCurrent,@function
cuCtxSetCurrent:
	jmp *tramp_table+168(%rip)
	.globl cuCtxSetLimit
	.hidden cuCtxSetLimit
	.type cuCtxSetLimit,@function
cuCtxSetLimit:
	jmp *tramp_table+176(%rip)
	.globl cuCtxSetSharedMemConfig
	.hidden cuCtxSetSharedMemConfig
	.type cuCtxSetSharedMemConfig,@function
cuCtxSetSharedMemConfig:
	jmp *tramp_table+184(%rip)
	.globl cuCtxSynchronize
	.hidden cuCtxSynchronize
	.type cuCtxSynchronize,@function
cuCtxSynchronize:
	jmp *tramp_table+192(%rip)
	.globl cuDeviceCanAccessPeer
	.hidden cuDeviceCanAccessPeer
	.type cuDeviceCanAccessPeer,@function
cuDeviceCanAccessPeer:
	jmp *tramp_table+200(%rip)
	.globl cuDeviceGet
	.hidden cuDeviceGet
	.type cuDeviceGet,@function
cuDeviceGet:
	jmp *tramp_table+208(%rip)
	.globl cuDeviceGetAttribute
	.hidden cuDeviceGetAttribute
	.type cuDeviceGetAttribute,@function
cuDeviceGetAttribute:
	jmp *tramp_table+216(%rip)
	.globl cuDeviceGetCount
	.hidden cuDeviceGetCount
	.type cuDeviceGetCount,@function
cuDeviceGetCount:
	jmp *tramp_table+224(%rip)
	.globl cuDeviceGetName
	.hidden cuDeviceGetName
	.type cuDeviceGetName,@function
cuDeviceGetName:
	jmp *tramp_table+232(%rip)
	.globl cuDeviceGetP2PAttribute
	.hidden cuDeviceGetP2PAttribute
	.type cuDeviceGetP2PAttribute,@function
cuDeviceGetP2PAttribute:
	jmp *tramp_table+240(%rip)
	.globl cuDeviceGetUuid
	.hidden cuDeviceGetUuid
	.type cuDeviceGetUuid,@function
cuDeviceGetUuid:
	jmp *tramp_table+248(%rip)
	.globl cuDeviceGetUuid_v2
	.hidden cuDeviceGetUuid_v2
	.type cuDeviceGetUuid_v2,@function
cuDeviceGetUuid_v2:
	jmp *tramp_table+256(%rip)
	.globl cuDevicePrimaryCtxGetState
	.hidden cuDevicePrimaryCtxGetState
	.type cuDevicePrimaryCtxGetState,@function
cuDevicePrimaryCtxGetState:
	jmp *tramp_table+264(%rip)
	.globl cuDevicePrimaryCtxRelease_v2
	.hidden cuDevicePrimaryCtxRelease_v2
	.type cuDevicePrimaryCtxRelease_v2,@function
cuDevicePrimaryCtxRelease_v2:
	jmp *tramp_table+272(%rip)
	.globl cuDevicePrimaryCtxReset_v2
	.hidden cuDevicePrimaryCtxReset_v2
	.type cuDevicePrimaryCtxReset_v2,@function
cuDevicePrimaryCtxReset_v2:
	jmp *tramp_table+280(%rip)
	.globl cuDevicePrimaryCtxRetain
	.hidden cuDevicePrimaryCtxRetain
	.type cuDevicePrimaryCtxRetain,@function
cuDevicePrimaryCtxRetain:
	jmp *tramp_table+288(%rip)
	.globl cuDevicePrimaryCtxSetFlags_v2
	.hidden cuDevicePrimaryCtxSetFlags_v2
	.type cuDevicePrimaryCtxSetFlags_v2,@function
cuDevicePrimaryCtxSetFlags_v2:
	jmp *tramp_table+296(%rip)
	.globl cuDeviceTotalMem_v2
	.hidden cuDeviceTotalMem_v2
	.type cuDeviceTotalMem_v2,@function
cuDeviceTotalMem_v2:
	jmp *tramp_table+304(%rip)
	.globl cuDriverGetVersion
	.hidden cuDriverGetVersion
	.type cuDriverGetVersion,@function
cuDriverGetVersion:
	jmp *tramp_table+312(%rip)
	.globl cuEventCreate
	.hidden cuEventCreate
	.type cuEventCreate,@function
cuEventCreate:
	jmp *tramp_table+320(%rip)
	.globl cuEventDestroy_v2
	.hidden cuEventDestroy_v2
	.type cuEventDestroy_v2,@function
cuEventDestroy_v2:
	jmp *tramp_table+328(%rip)
	.globl cuEventElapsedTime
	.hidden cuEventElapsedTime
	.type cuEventElapsedTime,@function
cuEventElapsedTime:
	jmp *tramp_table+336(%rip)
	.globl cuEventElapsedTime_v2
	.hidden cuEventElapsedTime_v2
	.type cuEventElapsedTime_v2,@function
cuEventElapsedTime_v2:
	jmp *tramp_table+344(%rip)
	.globl cuEventQuery
	.hidden cuEventQuery
	.type cuEventQuery,@function
cuEventQuery:
	jmp *tramp_table+352(%rip)
	.globl cuEventRecord
	.hidden cuEventRecord
	.type cuEventRecord,@function
cuEventRecord:
	jmp *tramp_table+360(%rip)
	.globl cuEventSynchronize
	.hidden cuEventSynchronize
	.type cuEventSynchronize,@function
cuEventSynchronize:
	jmp *tramp_table+368(%rip)
	.globl cuFuncGetAttribute
	.hidden cuFuncGetAttribute
	.type cuFuncGetAttribute,@function
cuFuncGetAttribute:
	jmp *tramp_table+376(%rip)
	.globl cuFuncSetAttribute
	.hidden cuFuncSetAttribute
	.type cuFuncSetAttribute,@function
cuFuncSetAttribute:
	jmp *tramp_table+384(%rip)
	.globl cuFuncSetCacheConfig
	.hidden cuFuncSetCacheConfig
	.type cuFuncSetCacheConfig,@function
cuFuncSetCacheConfig:
	jmp *tramp_table+392(%rip)
	.globl cuFuncSetSharedMemConfig
	.hidden cuFuncSetSharedMemConfig
	.type cuFuncSetSharedMemConfig,@function
cuFuncSetSharedMemConfig:
	jmp *tramp_table+400(%rip)
	.globl cuGraphAddChildGraphNode
	.hidden cuGraphAddChildGraphNode
	.type cuGraphAddChildGraphNode,@function
cuGraphAddChildGraphNode:
	jmp *tramp_table+408(%rip)
	.globl cuGraphAddDependencies
	.hidden cuGraphAddDependencies
	.type cuGraphAddDependencies,@function
cuGraphAddDependencies:
	jmp *tramp_table+416(%rip)
	.globl cuGraphAddEmptyNode
	.hidden cuGraphAddEmptyNode
	.type cuGraphAddEmptyNode,@function
cuGraphAddEmptyNode:
	jmp *tramp_table+424(%rip)
	.globl cuGraphAddHostNode
	.hidden cuGraphAddHostNode
	.type cuGraphAddHostNode,@function
cuGraphAddHostNode:
	jmp *tramp_table+432(%rip)
	.globl cuGraphAddKernelNode_v2
	.hidden cuGraphAddKernelNode_v2
	.type cuGraphAddKernelNode_v2,@function
cuGraphAddKernelNode_v2:
	jmp *tramp_table+440(%rip)
	.globl cuGraphAddMemcpyNode
	.hidden cuGraphAddMemcpyNode
	.type cuGraphAddMemcpyNode,@function
cuGraphAddMemcpyNode:
	jmp *tramp_table+448(%rip)
	.globl cuGraphAddMemsetNode
	.hidden cuGraphAddMemsetNode
	.type cuGraphAddMemsetNode,@function
cuGraphAddMemsetNode:
	jmp *tramp_table+456(%rip)
	.globl cuGraphClone
	.hidden cuGraphClone
	.type cuGraphClone,@function
cuGraphClone:
	jmp *tramp_table+464(%rip)
	.globl cuGraphCreate
	.hidden cuGraphCreate
	.type cuGraphCreate,@function
cuGraphCreate:
	jmp *tramp_table+472(%rip)
	.globl cuGraphDestroy
	.hidden cuGraphDestroy
	.type cuGraphDestroy,@function
cuGraphDestroy:
	jmp *tramp_table+480(%rip)
	.globl cuGraphDestroyNode
	.hidden cuGraphDestroyNode
	.type cuGraphDestroyNode,@function
cuGraphDestroyNode:
	jmp *tramp_table+488(%rip)
	.globl cuGraphExecDestroy
	.hidden cuGraphExecDestroy
	.type cuGraphExecDestroy,@function
cuGraphExecDestroy:
	jmp *tramp_table+496(%rip)
	.globl cuGraphExecUpdate_v2
	.hidden cuGraphExecUpdate_v2
	.type cuGraphExecUpdate_v2,@function
cuGraphExecUpdate_v2:
	jmp *tramp_table+504(%rip)
	.globl cuGraphGetEdges
	.hidden cuGraphGetEdges
	.type cuGraphGetEdges,@function
cuGraphGetEdges:
	jmp *tramp_table+512(%rip)
	.globl cuGraphGetNodes
	.hidden cuGraphGetNodes
	.type cuGraphGetNodes,@function
cuGraphGetNodes:
	jmp *tramp_table+520(%rip)
	.globl cuGraphInstantiateWithFlags
	.hidden cuGraphInstantiateWithFlags
	.type cuGraphInstantiateWithFlags,@function
cuGraphInstantiateWithFlags:
	jmp *tramp_table+528(%rip)
	.globl cuGraphLaunch
	.hidden cuGraphLaunch
	.type cuGraphLaunch,@function
cuGraphLaunch:
	jmp *tramp_table+536(%rip)
	.globl cuLaunchKernel
	.hidden cuLaunchKernel
	.type cuLaunchKernel,@function
cuLaunchKernel:
	jmp *tramp_table+544(%rip)
	.globl cuLinkAddData_v2
	.hidden cuLinkAddData_v2
	.type cuLinkAddData_v2,@function
cuLinkAddData_v2:
	jmp *tramp_table+552(%rip)
	.globl cuLinkAddFile_v2
	.hidden cuLinkAddFile_v2
	.type cuLinkAddFile_v2,@function
cuLinkAddFile_v2:
	jmp *tramp_table+560(%rip)
	.globl cuLinkComplete
	.hidden cuLinkComplete
	.type cuLinkComplete,@function
cuLinkComplete:
	jmp *tramp_table+568(%rip)
	.globl cuLinkCreate_v2
	.hidden cuLinkCreate_v2
	.type cuLinkCreate_v2,@function
cuLinkCreate_v2:
	jmp *tramp_table+576(%rip)
	.globl cuLinkDestroy
	.hidden cuLinkDestroy
	.type cuLinkDestroy,@function
cuLinkDestroy:
	jmp *tramp_table+584(%rip)
	.globl cuMemAdvise
	.hidden cuMemAdvise
	.type cuMemAdvise,@function
cuMemAdvise:
	jmp *tramp_table+592(%rip)
	.globl cuMemAllocManaged
	.hidden cuMemAllocManaged
	.type cuMemAllocManaged,@function
cuMemAllocManaged:
	jmp *tramp_table+600(%rip)
	.globl cuMemAllocPitch_v2
	.hidden cuMemAllocPitch_v2
	.type cuMemAllocPitch_v2,@function
cuMemAllocPitch_v2:
	jmp *tramp_table+608(%rip)
	.globl cuMemAlloc_v2
	.hidden cuMemAlloc_v2
	.type cuMemAlloc_v2,@function
cuMemAlloc_v2:
	jmp *tramp_table+616(%rip)
	.globl cuMemFreeHost
	.hidden cuMemFreeHost
	.type cuMemFreeHost,@function
cuMemFreeHost:
	jmp *tramp_table+624(%rip)
	.globl cuMemFree_v2
	.hidden cuMemFree_v2
	.type cuMemFree_v2,@function
cuMemFree_v2:
	jmp *tramp_table+632(%rip)
	.globl cuMemGetAddressRange_v2
	.hidden cuMemGetAddressRange_v2
	.type cuMemGetAddressRange_v2,@function
cuMemGetAddressRange_v2:
	jmp *tramp_table+640(%rip)
	.globl cuMemGetInfo_v2
	.hidden cuMemGetInfo_v2
	.type cuMemGetInfo_v2,@function
cuMemGetInfo_v2:
	jmp *tramp_table+648(%rip)
	.globl cuMemHostAlloc
	.hidden cuMemHostAlloc
	.type cuMemHostAlloc,@function
cuMemHostAlloc:
	jmp *tramp_table+656(%rip)
	.globl cuMemPrefetchAsync
	.hidden cuMemPrefetchAsync
	.type cuMemPrefetchAsync,@function
cuMemPrefetchAsync:
	jmp *tramp_table+664(%rip)
	.globl cuMemcpy
	.hidden cuMemcpy
	.type cuMemcpy,@function
cuMemcpy:
	jmp *tramp_table+672(%rip)
	.globl cuMemcpy2DAsync_v2
	.hidden cuMemcpy2DAsync_v2
	.type cuMemcpy2DAsync_v2,@function
cuMemcpy2DAsync_v2:
	jmp *tramp_table+680(%rip)
	.globl cuMemcpy2DUnaligned_v2
	.hidden cuMemcpy2DUnaligned_v2
	.type cuMemcpy2DUnaligned_v2,@function
cuMemcpy2DUnaligned_v2:
	jmp *tramp_table+688(%rip)
	.globl cuMemcpy2D_v2
	.hidden cuMemcpy2D_v2
	.type cuMemcpy2D_v2,@function
cuMemcpy2D_v2:
	jmp *tramp_table+696(%rip)
	.globl cuMemcpy3DAsync_v2
	.hidden cuMemcpy3DAsync_v2
	.type cuMemcpy3DAsync_v2,@function
cuMemcpy3DAsync_v2:
	jmp *tramp_table+704(%rip)
	.globl cuMemcpy3DPeer
	.hidden cuMemcpy3DPeer
	.type cuMemcpy3DPeer,@function
cuMemcpy3DPeer:
	jmp *tramp_table+712(%rip)
	.globl cuMemcpy3DPeerAsync
	.hidden cuMemcpy3DPeerAsync
	.type cuMemcpy3DPeerAsync,@function
cuMemcpy3DPeerAsync:
	jmp *tramp_table+720(%rip)
	.globl cuMemcpy3D_v2
	.hidden cuMemcpy3D_v2
	.type cuMemcpy3D_v2,@function
cuMemcpy3D_v2:
	jmp *tramp_table+728(%rip)
	.globl cuMemcpyAsync
	.hidden cuMemcpyAsync
	.type cuMemcpyAsync,@function
cuMemcpyAsync:
	jmp *tramp_table+736(%rip)
	.globl cuMemcpyAtoA_v2
	.hidden cuMemcpyAtoA_v2
	.type cuMemcpyAtoA_v2,@function
cuMemcpyAtoA_v2:
	jmp *tramp_table+744(%rip)
	.globl cuMemcpyAtoD_v2
	.hidden cuMemcpyAtoD_v2
	.type cuMemcpyAtoD_v2,@function
cuMemcpyAtoD_v2:
	jmp *tramp_table+752(%rip)
	.globl cuMemcpyAtoHAsync_v2
	.hidden cuMemcpyAtoHAsync_v2
	.type cuMemcpyAtoHAsync_v2,@function
cuMemcpyAtoHAsync_v2:
	jmp *tramp_table+760(%rip)
	.globl cuMemcpyAtoH_v2
	.hidden cuMemcpyAtoH_v2
	.type cuMemcpyAtoH_v2,@function
cuMemcpyAtoH_v2:
	jmp *tramp_table+768(%rip)
	.globl cuMemcpyDtoA_v2
	.hidden cuMemcpyDtoA_v2
	.type cuMemcpyDtoA_v2,@function
cuMemcpyDtoA_v2:
	jmp *tramp_table+776(%rip)
	.globl cuMemcpyDtoDAsync_v2
	.hidden cuMemcpyDtoDAsync_v2
	.type cuMemcpyDtoDAsync_v2,@function
cuMemcpyDtoDAsync_v2:
	jmp *tramp_table+784(%rip)
	.globl cuMemcpyDtoD_v2
	.hidden cuMemcpyDtoD_v2
	.type cuMemcpyDtoD_v2,@function
cuMemcpyDtoD_v2:
	jmp *tramp_table+792(%rip)
	.globl cuMemcpyDtoHAsync_v2
	.hidden cuMemcpyDtoHAsync_v2
	.type cuMemcpyDtoHAsync_v2,@function
cuMemcpyDtoHAsync_v2:
	jmp *tramp_table+800(%rip)
	.globl cuMemcpyDtoH_v2
	.hidden cuMemcpyDtoH_v2
	.type cuMemcpyDtoH_v2,@function
cuMemcpyDtoH_v2:
	jmp *tramp_table+808(%rip)
	.globl cuMemcpyHtoAAsync_v2
	.hidden cuMemcpyHtoAAsync_v2
	.type cuMemcpyHtoAAsync_v2,@function
cuMemcpyHtoAAsync_v2:
	jmp *tramp_table+816(%rip)
	.globl cuMemcpyHtoA_v2
	.hidden cuMemcpyHtoA_v2
	.type cuMemcpyHtoA_v2,@function
cuMemcpyHtoA_v2:
	jmp *tramp_table+824(%rip)
	.globl cuMemcpyHtoDAsync_v2
	.hidden cuMemcpyHtoDAsync_v2
	.type cuMemcpyHtoDAsync_v2,@function
cuMemcpyHtoDAsync_v2:
	jmp *tramp_table+832(%rip)
	.globl cuMemcpyHtoD_v2
	.hidden cuMemcpyHtoD_v2
	.type cuMemcpyHtoD_v2,@function
cuMemcpyHtoD_v2:
	jmp *tramp_table+840(%rip)
	.globl cuMemcpyPeer
	.hidden cuMemcpyPeer
	.type cuMemcpyPeer,@function
cuMemcpyPeer:
	jmp *tramp_table+848(%rip)
	.globl cuMemcpyPeerAsync
	.hidden cuMemcpyPeerAsync
	.type cuMemcpyPeerAsync,@function
cuMemcpyPeerAsync:
	jmp *tramp_table+856(%rip)
	.globl cuMemsetD16Async
	.hidden cuMemsetD16Async
	.type cuMemsetD16Async,@function
cuMemsetD16Async:
	jmp *tramp_table+864(%rip)
	.globl cuMemsetD16_v2
	.hidden cuMemsetD16_v2
	.type cuMemsetD16_v2,@function
cuMemsetD16_v2:
	jmp *tramp_table+872(%rip)
	.globl cuMemsetD2D16Async
	.hidden cuMemsetD2D16Async
	.type cuMemsetD2D16Async,@function
cuMemsetD2D16Async:
	jmp *tramp_table+880(%rip)
	.globl cuMemsetD2D16_v2
	.hidden cuMemsetD2D16_v2
	.type cuMemsetD2D16_v2,@function
cuMemsetD2D16_v2:
	jmp *tramp_table+888(%rip)
	.globl cuMemsetD2D32Async
	.hidden cuMemsetD2D32Async
	.type cuMemsetD2D32Async,@function
cuMemsetD2D32Async:
	jmp *tramp_table+896(%rip)
	.globl cuMemsetD2D32_v2
	.hidden cuMemsetD2D32_v2
	.type cuMemsetD2D32_v2,@function
cuMemsetD2D32_v2:
	jmp *tramp_table+904(%rip)
	.globl cuMemsetD2D8Async
	.hidden cuMemsetD2D8Async
	.type cuMemsetD2D8Async,@function
cuMemsetD2D8Async:
	jmp *tramp_table+912(%rip)
	.globl cuMemsetD2D8_v2
	.hidden cuMemsetD2D8_v2
	.type cuMemsetD2D8_v2,@function
cuMemsetD2D8_v2:
	jmp *tramp_table+920(%rip)
	.globl cuMemsetD32Async
	.hidden cuMemsetD32Async
	.type cuMemsetD32Async,@function
cuMemsetD32Async:
	jmp *tramp_table+928(%rip)
	.globl cuMemsetD32_v2
	.hidden cuMemsetD32_v2
	.type cuMemsetD32_v2,@function
cuMemsetD32_v2:
	jmp *tramp_table+936(%rip)
	.globl cuMemsetD8Async
	.hidden cuMemsetD8Async
	.type cuMemsetD8Async,@function
cuMemsetD8Async:
	jmp *tramp_table+944(%rip)
	.globl cuMemsetD8_v2
	.hidden cuMemsetD8_v2
	.type cuMemsetD8_v2,@function
cuMemsetD8_v2:
	jmp *tramp_table+952(%rip)
	.globl cuModuleGetFunction
	.hidden cuModuleGetFunction
	.type cuModuleGetFunction,@function
cuModuleGetFunction:
	jmp *tramp_table+960(%rip)
	.globl cuModuleGetGlobal_v2
	.hidden cuModuleGetGlobal_v2
	.type cuModuleGetGlobal_v2,@function
cuModuleGetGlobal_v2:
	jmp *tramp_table+968(%rip)
	.globl cuModuleGetSurfRef
	.hidden cuModuleGetSurfRef
	.type cuModuleGetSurfRef,@function
cuModuleGetSurfRef:
	jmp *tramp_table+976(%rip)
	.globl cuModuleGetTexRef
	.hidden cuModuleGetTexRef
	.type cuModuleGetTexRef,@function
cuModuleGetTexRef:
	jmp *tramp_table+984(%rip)
	.globl cuModuleLoad
	.hidden cuModuleLoad
	.type cuModuleLoad,@function
cuModuleLoad:
	jmp *tramp_table+992(%rip)
	.globl cuModuleLoadData
	.hidden cuModuleLoadData
	.type cuModuleLoadData,@function
cuModuleLoadData:
	jmp *tramp_table+1000(%rip)
	.globl cuModuleLoadDataEx
	.hidden cuModuleLoadDataEx
	.type cuModuleLoadDataEx,@function
cuModuleLoadDataEx:
	jmp *tramp_table+1008(%rip)
	.globl cuModuleLoadFatBinary
	.hidden cuModuleLoadFatBinary
	.type cuModuleLoadFatBinary,@function
cuModuleLoadFatBinary:
	jmp *tramp_table+1016(%rip)
	.globl cuModuleUnload
	.hidden cuModuleUnload
	.type cuModuleUnload,@function
cuModuleUnload:
	jmp *tramp_table+1024(%rip)
	.globl cuOccupancyMaxActiveBlocksPerMultiprocessor
	.hidden cuOccupancyMaxActiveBlocksPerMultiprocessor
	.type cuOccupancyMaxActiveBlocksPerMultiprocessor,@function
cuOccupancyMaxActiveBlocksPerMultiprocessor:
	jmp *tramp_table+1032(%rip)
	.globl cuOccupancyMaxActiveBlocksPerMultiprocessorWithFlags
	.hidden cuOccupancyMaxActiveBlocksPerMultiprocessorWithFlags
	.type cuOccupancyMaxActiveBlocksPerMultiprocessorWithFlags,@function
cuOccupancyMaxActiveBlocksPerMultiprocessorWithFlags:
	jmp *tramp_table+1040(%rip)
	.globl cuOccupancyMaxPotentialBlockSize
	.hidden cuOccupancyMaxPotentialBlockSize
	.type cuOccupancyMaxPotentialBlockSize,@function
cuOccupancyMaxPotentialBlockSize:
	jmp *tramp_table+1048(%rip)
	.globl cuPointerGetAttribute
	.hidden cuPointerGetAttribute
	.type cuPointerGetAttribute,@function
cuPointerGetAttribute:
	jmp *tramp_table+1056(%rip)
	.globl cuPointerSetAttribute
	.hidden cuPointerSetAttribute
	.type cuPointerSetAttribute,@function
cuPointerSetAttribute:
	jmp *tramp_table+1064(%rip)
	.globl cuStreamAttachMemAsync
	.hidden cuStreamAttachMemAsync
	.type cuStreamAttachMemAsync,@function
cuStreamAttachMemAsync:
	jmp *tramp_table+1072(%rip)
	.globl cuStreamBeginCapture_v2
	.hidden cuStreamBeginCapture_v2
	.type cuStreamBeginCapture_v2,@function
cuStreamBeginCapture_v2:
	jmp *tramp_table+1080(%rip)
	.globl cuStreamCreate
	.hidden cuStreamCreate
	.type cuStreamCreate,@function
cuStreamCreate:
	jmp *tramp_table+1088(%rip)
	.globl cuStreamCreateWithPriority
	.hidden cuStreamCreateWithPriority
	.type cuStreamCreateWithPriority,@function
cuStreamCreateWithPriority:
	jmp *tramp_table+1096(%rip)
	.globl cuStreamDestroy_v2
	.hidden cuStreamDestroy_v2
	.type cuStreamDestroy_v2,@function
cuStreamDestroy_v2:
	jmp *tramp_table+1104(%rip)
	.globl cuStreamEndCapture
	.hidden cuStreamEndCapture
	.type cuStreamEndCapture,@function
cuStreamEndCapture:
	jmp *tramp_table+1112(%rip)
	.globl cuStreamGetFlags
	.hidden cuStreamGetFlags
	.type cuStreamGetFlags,@function
cuStreamGetFlags:
	jmp *tramp_table+1120(%rip)
	.globl cuStreamGetPriority
	.hidden cuStreamGetPriority
	.type cuStreamGetPriority,@function
cuStreamGetPriority:
	jmp *tramp_table+1128(%rip)
	.globl cuStreamQuery
	.hidden cuStreamQuery
	.type cuStreamQuery,@function
cuStreamQuery:
	jmp *tramp_table+1136(%rip)
	.globl cuStreamSynchronize
	.hidden cuStreamSynchronize
	.type cuStreamSynchronize,@function
cuStreamSynchronize:
	jmp *tramp_table+1144(%rip)
	.globl cuStreamWaitEvent
	.hidden cuStreamWaitEvent
	.type cuStreamWaitEvent,@function
cuStreamWaitEvent:
	jmp *tramp_table+1152(%rip)
	.globl cuStreamWaitValue32_v2
	.hidden cuStreamWaitValue32_v2
	.type cuStreamWaitValue32_v2,@function
cuStreamWaitValue32_v2:
	jmp *tramp_table+1160(%rip)
	.globl cuStreamWriteValue32_v2
	.hidden cuStreamWriteValue32_v2
	.type cuStreamWriteValue32_v2,@function
cuStreamWriteValue32_v2:
	jmp *tramp_table+1168(%rip)
	.globl cuSurfRefGetArray
	.hidden cuSurfRefGetArray
	.type cuSurfRefGetArray,@function
cuSurfRefGetArray:
	jmp *tramp_table+1176(%rip)
	.globl cuSurfRefSetArray
	.hidden cuSurfRefSetArray
	.type cuSurfRefSetArray,@function
cuSurfRefSetArray:
	jmp *tramp_table+1184(%rip)
	.globl cuTexRefGetAddressMode
	.hidden cuTexRefGetAddressMode
	.type cuTexRefGetAddressMode,@function
cuTexRefGetAddressMode:
	jmp *tramp_table+1192(%rip)
	.globl cuTexRefGetAddress_v2
	.hidden cuTexRefGetAddress_v2
	.type cuTexRefGetAddress_v2,@function
cuTexRefGetAddress_v2:
	jmp *tramp_table+1200(%rip)
	.globl cuTexRefGetArray
	.hidden cuTexRefGetArray
	.type cuTexRefGetArray,@function
cuTexRefGetArray:
	jmp *tramp_table+1208(%rip)
	.globl cuTexRefGetBorderColor
	.hidden cuTexRefGetBorderColor
	.type cuTexRefGetBorderColor,@function
cuTexRefGetBorderColor:
	jmp *tramp_table+1216(%rip)
	.globl cuTexRefGetFilterMode
	.hidden cuTexRefGetFilterMode
	.type cuTexRefGetFilterMode,@function
cuTexRefGetFilterMode:
	jmp *tramp_table+1224(%rip)
	.globl cuTexRefGetFlags
	.hidden cuTexRefGetFlags
	.type cuTexRefGetFlags,@function
cuTexRefGetFlags:
	jmp *tramp_table+1232(%rip)
	.globl cuTexRefGetFormat
	.hidden cuTexRefGetFormat
	.type cuTexRefGetFormat,@function
cuTexRefGetFormat:
	jmp *tramp_table+1240(%rip)
	.globl cuTexRefGetMaxAnisotropy
	.hidden cuTexRefGetMaxAnisotropy
	.type cuTexRefGetMaxAnisotropy,@function
cuTexRefGetMaxAnisotropy:
	jmp *tramp_table+1248(%rip)
	.globl cuTexRefSetAddress2D_v3
	.hidden cuTexRefSetAddress2D_v3
	.type cuTexRefSetAddress2D_v3,@function
cuTexRefSetAddress2D_v3:
	jmp *tramp_table+1256(%rip)
	.globl cuTexRefSetAddressMode
	.hidden cuTexRefSetAddressMode
	.type cuTexRefSetAddressMode,@function
cuTexRefSetAddressMode:
	jmp *tramp_table+1264(%rip)
	.globl cuTexRefSetAddress_v2
	.hidden cuTexRefSetAddress_v2
	.type cuTexRefSetAddress_v2,@function
cuTexRefSetAddress_v2:
	jmp *tramp_table+1272(%rip)
	.globl cuTexRefSetArray
	.hidden cuTexRefSetArray
	.type cuTexRefSetArray,@function
cuTexRefSetArray:
	jmp *tramp_table+1280(%rip)
	.globl cuTexRefSetBorderColor
	.hidden cuTexRefSetBorderColor
	.type cuTexRefSetBorderColor,@function
cuTexRefSetBorderColor:
	jmp *tramp_table+1288(%rip)
	.globl cuTexRefSetFilterMode
	.hidden cuTexRefSetFilterMode
	.type cuTexRefSetFilterMode,@function
cuTexRefSetFilterMode:
	jmp *tramp_table+1296(%rip)
	.globl cuTexRefSetFlags
	.hidden cuTexRefSetFlags
	.type cuTexRefSetFlags,@function
cuTexRefSetFlags:
	jmp *tramp_table+1304(%rip)
	.globl cuTexRefSetFormat
	.hidden cuTexRefSetFormat
	.type cuTexRefSetFormat,@function
cuTexRefSetFormat:
	jmp *tramp_table+1312(%rip)
	.globl cuTexRefSetMaxAnisotropy
	.hidden cuTexRefSetMaxAnisotropy
	.type cuTexRefSetMaxAnisotropy,@function
cuTexRefSetMaxAnisotropy:
	jmp *tramp_table+1320(%rip)
	.globl cuTexRefSetMipmapFilterMode
	.hidden cuTexRefSetMipmapFilterMode
	.type cuTexRefSetMipmapFilterMode,@function
cuTexRefSetMipmapFilterMode:
	jmp *tramp_table+1328(%rip)
	.globl cuTexRefSetMipmapLevelBias
	.hidden cuTexRefSetMipmapLevelBias
	.type cuTexRefSetMipmapLevelBias,@function
cuTexRefSetMipmapLevelBias:
	jmp *tramp_table+1336(%rip)
	.globl cuTexRefSetMipmapLevelClamp
	.hidden cuTexRefSetMipmapLevelClamp
	.type cuTexRefSetMipmapLevelClamp,@function
cuTexRefSetMipmapLevelClamp:
	jmp *tramp_table+1344(%rip)
	.section .rodata
	.globl tramp_names
	.hidden tramp_names
tramp_names:
	.asciz "cuArray3DCreate_v2"
	.asciz "cuArray3DGetDescriptor_v2"
	.asciz "cuArrayCreate_v2"
	.asciz "cuArrayDestroy"
	.asciz "cuArrayGetDescriptor_v2"
	.asciz "cuCtxCreate_v2"
	.asciz "cuCtxDestroy_v2"
	.asciz "cuCtxDisablePeerAccess"
	.asciz "cuCtxEnablePeerAccess"
	.asciz "cuCtxGetApiVersion"
	.asciz "cuCtxGetCacheConfig"
	.asciz "cuCtxGetCurrent"
	.asciz "cuCtxGetDevice"
	.asciz "cuCtxGetFlags"
	.asciz "cuCtxGetLimit"
	.asciz "cuCtxGetSharedMemConfig"
	.asciz "cuCtxGetStreamPriorityRange"
	.asciz "cuCtxPopCurrent_v2"
	.asciz "cuCtxPushCurrent_v2"
	.asciz "cuCtxResetPersistingL2Cache"
	.asciz "cuCtxSetCacheConfig"
	.asciz "cuCtxSetCurrent"
	.asciz "cuCtxSetLimit"
	.asciz "cuCtxSetSharedMemConfig"
	.asciz "cuCtxSynchronize"
	.asciz "cuDeviceCanAccessPeer"
	.asciz "cuDeviceGet"
	.asciz "cuDeviceGetAttribute"
	.asciz "cuDeviceGetCount"
	.asciz "cuDeviceGetName"
	.asciz "cuDeviceGetP2PAttribute"
	.asciz "cuDeviceGetUuid"
	.asciz "cuDeviceGetUuid_v2"
	.asciz "cuDevicePrimaryCtxGetState"
	.asciz "cuDevicePrimaryCtxRelease_v2"
	.asciz "cuDevicePrimaryCtxReset_v2"
	.asciz "cuDevicePrimaryCtxRetain"
	.asciz "cuDevicePrimaryCtxSetFlags_v2"
	.asciz "cuDeviceTotalMem_v2"
	.asciz "cuDriverGetVersion"
	.asciz "cuEventCreate"
	.asciz "cuEventDestroy_v2"
	.asciz "cuEventElapsedTime"
	.asciz "cuEventElapsedTime_v2"
	.asciz "cuEventQuery"
	.asciz "cuEventRecord"
	.asciz "cuEventSynchronize"
	.asciz "cuFuncGetAttribute"
	.asciz "cuFuncSetAttribute"
	.asciz "cuFuncSetCacheConfig"
	.asciz "cuFuncSetSharedMemConfig"
	.asciz "cuGraphAddChildGraphNode"
	.asciz "cuGraphAddDependencies"
	.asciz "cuGraphAddEmptyNode"
	.asciz "cuGraphAddHostNode"
	.asciz "cuGraphAddKernelNode_v2"
	.asciz "cuGraphAddMemcpyNode"
	.asciz "cuGraphAddMemsetNode"
	.asciz "cuGraphClone"
	.asciz "cuGraphCreate"
	.asciz "cuGraphDestroy"
	.asciz "cuGraphDestroyNode"
	.asciz "cuGraphExecDestroy"
	.asciz "cuGraphExecUpdate_v2"
	.asciz "cuGraphGetEdges"
	.asciz "cuGraphGetNodes"
	.asciz "cuGraphInstantiateWithFlags"
	.asciz "cuGraphLaunch"
	.asciz "cuLaunchKernel"
	.asciz "cuLinkAddData_v2"
	.asciz "cuLinkAddFile_v2"
	.asciz "cuLinkComplete"
	.asciz "cuLinkCreate_v2"
	.asciz "cuLinkDestroy"
	.asciz "cuMemAdvise"
	.asciz "cuMemAllocManaged"
	.asciz "cuMemAllocPitch_v2"
	.asciz "cuMemAlloc_v2"
	.asciz "cuMemFreeHost"
	.asciz "cuMemFree_v2"
	.asciz "cuMemGetAddressRange_v2"
	.asciz "cuMemGetInfo_v2"
	.asciz "cuMemHostAlloc"
	.asciz "cuMemPrefetchAsync"
	.asciz "cuMemcpy"
	.asciz "cuMemcpy2DAsync_v2"
	.asciz "cuMemcpy2DUnaligned_v2"
	.asciz "cuMemcpy2D_v2"
	.asciz "cuMemcpy3DAsync_v2"
	.asciz "cuMemcpy3DPeer"
	.asciz "cuMemcpy3DPeerAsync"
	.asciz "cuMemcpy3D_v2"
	.asciz "cuMemcpyAsync"
	.asciz "cuMemcpyAtoA_v2"
	.asciz "cuMemcpyAtoD_v2"
	.asciz "cuMemcpyAtoHAsync_v2"
	.asciz "cuMemcpyAtoH_v2"
	.asciz "cuMemcpyDtoA_v2"
	.asciz "cuMemcpyDtoDAsync_v2"
	.asciz "cuMemcpyDtoD_v2"
	.asciz "cuMemcpyDtoHAsync_v2"
	.asciz "cuMemcpyDtoH_v2"
	.asciz "cuMemcpyHtoAAsync_v2"
	.asciz "cuMemcpyHtoA_v2"
	.asciz "cuMemcpyHtoDAsync_v2"
	.asciz "cuMemcpyHtoD_v2"
	.asciz "cuMemcpyPeer"
	.asciz "cuMemcpyPeerAsync"
	.asciz "cuMemsetD16Async"
	.asciz "cuMemsetD16_v2"
	.asciz "cuMemsetD2D16Async"
	.asciz "cuMemsetD2D16_v2"
	.asciz "cuMemsetD2D32Async"
	.asciz "cuMemsetD2D32_v2"
	.asciz "cuMemsetD2D8Async"
	.asciz "cuMemsetD2D8_v2"
	.asciz "cuMemsetD32Async"
	.asciz "cuMemsetD32_v2"
	.asciz "cuMemsetD8Async"
	.asciz "cuMemsetD8_v2"
	.asciz "cuModuleGetFunction"
	.asciz "cuModuleGetGlobal_v2"
	.asciz "cuModuleGetSurfRef"
	.asciz "cuModuleGetTexRef"
	.asciz "cuModuleLoad"
	.asciz "cuModuleLoadData"
	.asciz "cuModuleLoadDataEx"
	.asciz "cuModuleLoadFatBinary"
	.asciz "cuModuleUnload"
	.asciz "cuOccupancyMaxActiveBlocksPerMultiprocessor"
	.asciz "cuOccupancyMaxActiveBlocksPerMultiprocessorWithFlags"
	.asciz "cuOccupancyMaxPotentialBlockSize"
	.asciz "cuPointerGetAttribute"
	.asciz "cuPointerSetAttribute"
	.asciz "cuStreamAttachMemAsync"
	.asciz "cuStreamBeginCapture_v2"
	.asciz "cuStreamCreate"
	.asciz "cuStreamCreateWithPriority"
	.asciz "cuStreamDestroy_v2"
	.asciz "cuStreamEndCapture"
	.asciz "cuStreamGetFlags"
	.asciz "cuStreamGetPriority"
	.asciz "cuStreamQuery"
	.asciz "cuStreamSynchronize"
	.asciz "cuStreamWaitEvent"
	.asciz "cuStreamWaitValue32_v2"
	.asciz "cuStreamWriteValue32_v2"
	.asciz "cuSurfRefGetArray"
	.asciz "cuSurfRefSetArray"
	.asciz "cuTexRefGetAddressMode"
	.asciz "cuTexRefGetAddress_v2"
	.asciz "cuTexRefGetArray"
	.asciz "cuTexRefGetBorderColor"
	.asciz "cuTexRefGetFilterMode"
	.asciz "cuTexRefGetFlags"
	.asciz "cuTexRefGetFormat"
	.asciz "cuTexRefGetMaxAnisotropy"
	.asciz "cuTexRefSetAddress2D_v3"
	.asciz "cuTexRefSetAddressMode"
	.asciz "cuTexRefSetAddress_v2"
	.asciz "cuTexRefSetArray"
	.asciz "cuTexRefSetBorderColor"
	.asciz "cuTexRefSetFilterMode"
	.asciz "cuTexRefSetFlags"
	.asciz "cuTexRefSetFormat"
	.asciz "cuTexRefSetMaxAnisotropy"
	.asciz "cuTexRefSetMipmapFilterMode"
	.asciz "cuTexRefSetMipmapLevelBias"
	.asciz "cuTexRefSetMipmapLevelClamp"
	.byte 0
	.data
	.balign 8
	.globl tramp_table
	.hidden tramp_table
tramp_table:
	.rept 169
	.quad tramp_unready
	.endr
	.section .note.GNU-stack,"",@progbits
